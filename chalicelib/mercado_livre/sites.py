"""What differs from one site of Mercado Livre to another. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5

# Where the sellers of a site live; the hours of a country with several zones are taken where its capital is.
TIME_ZONES = {
    "MLB": "America/Sao_Paulo",
    "MLA": "America/Argentina/Buenos_Aires",
    "MLM": "America/Mexico_City",
    "MLC": "America/Santiago",
    "MCO": "America/Bogota",
    "MLU": "America/Montevideo",
    "MPE": "America/Lima",
    "MEC": "America/Guayaquil",
    "MLV": "America/Caracas",
    "MBO": "America/La_Paz",
    "MPY": "America/Asuncion",
    "MRD": "America/Santo_Domingo",
    "MPA": "America/Panama",
    "MCR": "America/Costa_Rica",
}

# Sellers of Global Selling sell in several countries, by another API.
CROSS_BORDER_SITE = "CBT"

# Where sellers see their sales. The pages are not documented; public code and notes of sellers agree on them.
HOSTS = {
    "MLB": "www.mercadolivre.com.br",
    "MLA": "www.mercadolibre.com.ar",
    "MLM": "www.mercadolibre.com.mx",
    "MLC": "www.mercadolibre.cl",
    "MCO": "www.mercadolibre.com.co",
    "MLU": "www.mercadolibre.com.uy",
    "MPE": "www.mercadolibre.com.pe",
    "MEC": "www.mercadolibre.com.ec",
    "MLV": "www.mercadolibre.com.ve",
    "MBO": "www.mercadolibre.com.bo",
    "MPY": "www.mercadolibre.com.py",
    "MRD": "www.mercadolibre.com.do",
    "MPA": "www.mercadolibre.com.pa",
    "MCR": "www.mercadolibre.co.cr",
}

# https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao; Costa Rica's from public code.
AUTHORIZATION_HOSTS = {
    "MLB": "auth.mercadolivre.com.br",
    "MLA": "auth.mercadolibre.com.ar",
    "MLM": "auth.mercadolibre.com.mx",
    "MLC": "auth.mercadolibre.cl",
    "MCO": "auth.mercadolibre.com.co",
    "MLU": "auth.mercadolibre.com.uy",
    "MPE": "auth.mercadolibre.com.pe",
    "MEC": "auth.mercadolibre.com.ec",
    "MLV": "auth.mercadolibre.com.ve",
    "MBO": "auth.mercadolibre.com.bo",
    "MPY": "auth.mercadolibre.com.py",
    "MRD": "auth.mercadolibre.com.do",
    "MPA": "auth.mercadolibre.com.pa",
    "MCR": "auth.mercadolibre.com.cr",
}


def sale_page(site_id: str, sale_id: str) -> str:
    """The page of a sale, by the id of its pack or of its order where there is no pack."""
    host = HOSTS.get(site_id, HOSTS["MLB"])
    path = f"vendas/{sale_id}/detalhe" if host == HOSTS["MLB"] else f"ventas/{sale_id}/detalle"
    return f"https://{host}/{path}"


def questions_page(site_id: str) -> str:
    """The page of a seller's questions, which is no more documented than that of a sale."""
    host = HOSTS.get(site_id, HOSTS["MLB"])
    return f"https://{host}/{'perguntas' if host == HOSTS['MLB'] else 'preguntas'}/vendedor"


def time_zone(site_id: str) -> ZoneInfo:
    """The time zone of a site; Brazil's where the site is not known."""
    return ZoneInfo(TIME_ZONES.get(site_id, TIME_ZONES["MLB"]))


def add_business_hours(moment: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """The moment when so many hours have passed that are not on a Saturday or Sunday there. Holidays are not known."""
    local, remaining = moment.astimezone(zone).replace(tzinfo=None), timedelta(hours=hours)
    while remaining:
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time())
        if local.weekday() >= SATURDAY:
            local = midnight
            continue
        step = min(remaining, midnight - local)
        local, remaining = local + step, remaining - step
    return local.replace(tzinfo=zone)
