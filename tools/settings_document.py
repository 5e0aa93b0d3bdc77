"""Writes docs/settings.md from the table of settings."""

from chalicelib.settings import DESK, SETTINGS, Setting
from tools.package import PROJECT

DOCUMENT = PROJECT / "docs" / "settings.md"

HEAD = """\
# Settings

<!-- Made from the table in chalicelib/settings.py: python -m tools settings --markdown > docs/settings.md -->

Every setting is the parameter `/ponte/{stage}/NAME` in SSM Parameter Store; an environment variable of the same name
goes first. `setup` writes what is required, and asks for secrets without showing them: never type a secret into a
command, which your shell remembers. Set the others with

```sh
aws ssm put-parameter --overwrite --type String --name /ponte/prod/NAME --value …
```

(AWS CLI **2**: version 1 fetches a value that begins with `https://` instead of storing it.) They take effect within
ten minutes. No parameter may be empty: delete it to return to the default. On one machine, `python -m tools local --set
NAME=VALUE` sets any of them.

| name | what it does | value | default | |
|---|---|---|---|---|
"""

TAIL = """
- **secret**: kept encrypted, and shown nowhere.
- **desk**: belongs to a desk (a Chatwoot account with its two inboxes). The first desk has these settings by their own
  names; each further one has them all in one setting, such as `CHATWOOT_DESK_LOJA2`.
- **deployed**: copied into the functions, so that a webhook is answered without asking anybody. Run `make deploy` again
  after changing it.
"""

VALUES = {
    "text": "text",
    "token": "text",
    "number": "number",
    "url": "URL",
    "site": "site, such as `MLB`",
    "secrets": 'JSON, such as `{"7": "secret of inbox 7"}`',
    "desk": "JSON object by these names",
}


def settings_as_markdown() -> str:
    """The whole document."""
    return HEAD + "".join(map(_line, (*SETTINGS.values(), DESK))) + TAIL


def settings_as_json() -> list[dict[str, object]]:
    """The table itself, for a script."""
    return [row._asdict() for row in (*SETTINGS.values(), DESK)]


def value_of(row: Setting) -> str:
    """What a value of it looks like."""
    if row.choices:
        return ", ".join(f"`{choice}`" for choice in row.choices)
    least = f", at least {row.lowest}" if row.lowest else ""
    most = f", at most {row.highest}" if row.highest is not None else ""
    return VALUES[row.kind] + least + most


def default_of(row: Setting) -> str:
    """What holds where nobody sets it."""
    if row.made_by:
        return f"made by `{row.made_by}`"
    if row.is_required:
        return "required"
    return f"`{row.default}`" if row.default else "none"


def marks_of(row: Setting) -> str:
    marks = {"secret": row.is_secret, "desk": row.is_of_desk, "deployed": row.is_deployed}
    return ", ".join(mark for mark, is_so in marks.items() if is_so)


def _line(row: Setting) -> str:
    about = f"{row.about} ({row.where})" if row.where else row.about
    return f"| `{row.name}` | {about} | {value_of(row)} | {default_of(row)} | {marks_of(row)} |\n"
