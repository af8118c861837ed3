"""What can go wrong with divisions."""

from service_chassis.problems import Problem


class DivisionNotFound(Problem):
    """No division had this code on that date."""

    status = 404
    code = "division_not_found"
    title_en = "There was no such division on that date"
    title_zh = "该日期不存在此行政区划"
