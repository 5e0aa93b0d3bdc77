"""What differs from site to site: the page of a sale, and the hours that count there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mercado_livre.sites import HOSTS, SATURDAY, TIME_ZONES, add_business_hours, sale_page, time_zone

SAO_PAULO, SANTIAGO = ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/Santiago")
HOUR = timedelta(hours=1)

# Pages


@pytest.mark.parametrize(
    ("site_id", "page"),
    [
        ("MLB", "https://www.mercadolivre.com.br/vendas/2000007000000001/detalhe"),
        ("MLA", "https://www.mercadolibre.com.ar/ventas/2000007000000001/detalle"),
        ("MLC", "https://www.mercadolibre.cl/ventas/2000007000000001/detalle"),
        ("MCR", "https://www.mercadolibre.co.cr/ventas/2000007000000001/detalle"),
        ("", "https://www.mercadolivre.com.br/vendas/2000007000000001/detalhe"),
        ("XYZ", "https://www.mercadolivre.com.br/vendas/2000007000000001/detalhe"),
    ],
)
def test_a_sale_has_a_page_on_its_site(site_id: str, page: str) -> None:
    assert sale_page(site_id, "2000007000000001") == page


def test_every_site_has_a_page_of_its_own_and_hours() -> None:
    assert set(HOSTS) == set(TIME_ZONES)
    assert len({sale_page(site_id, "1") for site_id in HOSTS}) == len(HOSTS)


@pytest.mark.parametrize("site_id", [*TIME_ZONES, "", "XYZ"])
def test_every_site_has_a_time_zone(site_id: str) -> None:
    zone = time_zone(site_id)

    assert zone.key == TIME_ZONES.get(site_id, "America/Sao_Paulo")
    assert datetime(2026, 6, 10, tzinfo=zone).utcoffset()


# Business hours


def at(text: str, zone: ZoneInfo = SAO_PAULO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        # 2026-06-08 is a Monday.
        ("2026-06-08T10:00", 48, "2026-06-10T10:00"),
        ("2026-06-08T10:00", 1, "2026-06-08T11:00"),
        ("2026-06-08T10:00", 0, "2026-06-08T10:00"),
        ("2026-06-08T00:00", 24, "2026-06-09T00:00"),
        # Over a weekend, or several.
        ("2026-06-11T10:00", 48, "2026-06-15T10:00"),
        ("2026-06-12T10:00", 48, "2026-06-16T10:00"),
        ("2026-06-12T23:30", 1, "2026-06-15T00:30"),
        ("2026-06-08T10:00", 240, "2026-06-22T10:00"),
        # From a Saturday or Sunday the hours begin on Monday.
        ("2026-06-13T00:00", 48, "2026-06-17T00:00"),
        ("2026-06-13T15:20", 48, "2026-06-17T00:00"),
        ("2026-06-14T23:59", 48, "2026-06-17T00:00"),
        ("2026-06-13T15:20", 1, "2026-06-15T01:00"),
        # The last hour of a Friday ends where Saturday begins.
        ("2026-06-10T00:00", 72, "2026-06-13T00:00"),
        # To the minute and the second.
        ("2026-06-11T10:17:42.000005", 48, "2026-06-15T10:17:42.000005"),
        # Over the end of a year.
        ("2026-12-31T12:00", 48, "2027-01-04T12:00"),
    ],
)
def test_hours_of_weekends_do_not_count(begin: str, hours: int, end: str) -> None:
    assert add_business_hours(at(begin), hours, SAO_PAULO) == at(end)


def test_which_day_it_is_is_a_matter_of_the_place() -> None:
    """In UTC it is Saturday already, in São Paulo still Friday evening."""
    moment = datetime(2026, 6, 13, 1, 0, tzinfo=UTC)

    assert add_business_hours(moment, 3, SAO_PAULO) == at("2026-06-15T01:00")
    assert add_business_hours(moment, 3, ZoneInfo("UTC")) == datetime(2026, 6, 15, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end", "hours_by_the_clock"),
    [
        # Clocks go forward in the night to Sunday, 2026-09-06, and back in the night to Sunday, 2026-04-05.
        ("2026-09-04T10:00", "2026-09-08T10:00", 95),
        ("2026-04-03T10:00", "2026-04-07T10:00", 97),
        ("2026-09-05T15:00", "2026-09-09T00:00", 80),
        ("2026-09-06T12:00", "2026-09-09T00:00", 60),
        ("2026-04-04T23:30", "2026-04-08T00:00", 73.5),
    ],
)
def test_clocks_that_change_on_a_weekend_take_no_hour_away(begin: str, end: str, hours_by_the_clock: float) -> None:
    deadline = add_business_hours(at(begin, SANTIAGO), 48, SANTIAGO)

    assert deadline == at(end, SANTIAGO)
    assert deadline.astimezone(UTC) - at(begin, SANTIAGO).astimezone(UTC) == HOUR * hours_by_the_clock


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(0, 100), st.sampled_from(sorted(TIME_ZONES)))
@settings(max_examples=50)
def test_as_many_hours_pass_as_were_asked_for(moment: datetime, hours: int, site_id: str) -> None:
    zone = time_zone(site_id)
    moment = moment.replace(minute=0, second=0, microsecond=0)

    deadline = add_business_hours(moment, hours, zone)

    assert deadline.tzinfo is zone
    counted = sum(
        (moment + HOUR * number).astimezone(zone).weekday() < SATURDAY for number in range((deadline - moment) // HOUR)
    )
    assert counted == hours


@given(moments, st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=50)
def test_hours_may_be_added_in_two_steps(moment: datetime, first: int, second: int) -> None:
    in_steps = add_business_hours(add_business_hours(moment, first, SANTIAGO), second, SANTIAGO)

    assert in_steps == add_business_hours(moment, first + second, SANTIAGO)
