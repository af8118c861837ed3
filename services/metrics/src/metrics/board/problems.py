"""What can go wrong with the board."""

from service_chassis.problems import Problem


class BoardFull(Problem):
    """This process holds as many open boards as it may; another process, or the next try, may."""

    status = 503
    code = "board_full"
    title_en = "Too many boards are open"
    title_zh = "同时打开的看板过多"


class SignInRefused(Problem):
    """The sign-in did not come from the board's own page."""

    status = 403
    code = "sign_in_refused"
    title_en = "Signing in must begin at the board's own page"
    title_zh = "请在看板自己的页面登录"


class DateNotShown(Problem):
    """Figures begin in 1993 on a board, and none are of tomorrow."""

    status = 422
    code = "date_not_shown"
    title_en = "The board cannot show this date"
    title_zh = "看板无法显示该日期"
