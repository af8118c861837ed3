"""What can be wrong with an exchange rate."""

from service_chassis.problems import Problem


class ExchangeRateExists(Problem):
    """A rate is never changed. A correction is published later, and has a later date."""

    status = 409
    code = "exchange_rate_exists"
    title_en = "A rate of this kind, period and date is already there"
    title_zh = "该汇率已存在"


class CurrencyUnknown(Problem):
    """Currencies are those of ISO 4217 that can carry an amount."""

    status = 422
    code = "currency_unknown"
    title_en = "There is no such currency"
    title_zh = "未知币种"


class RatePeriodInvalid(Problem):
    """A rate is published for whole days: a day, a month, a year, or a range of them."""

    status = 422
    code = "rate_period_invalid"
    title_en = "A rate cannot be published for this period"
    title_zh = "汇率适用期无效"
