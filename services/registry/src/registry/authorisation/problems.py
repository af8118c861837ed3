"""What can go wrong with authorisations."""

from service_chassis.problems import Problem


class AuthorisationExists(Problem):
    """The seller has authorised this platform from this date already."""

    status = 409
    code = "authorisation_exists"
    title_en = "This authorisation exists already"
    title_zh = "授权已存在"


class AuthorisationNotFound(Problem):
    """No authorisation has this id."""

    status = 404
    code = "authorisation_not_found"
    title_en = "There is no such authorisation"
    title_zh = "授权不存在"


class AuthorisationEnded(Problem):
    """It has ended on or before this date."""

    status = 409
    code = "authorisation_ended"
    title_en = "The authorisation has ended already"
    title_zh = "授权已终止"
