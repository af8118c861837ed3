"""What can go wrong with snapshots."""

from service_chassis.problems import Problem


class SnapshotNotFound(Problem):
    """No snapshot has this id."""

    status = 404
    code = "snapshot_not_found"
    title_en = "There is no such snapshot"
    title_zh = "快照不存在"
