"""Inboxes and their members. inboxes_controller.rb, models/channel/api.rb, views/api/v1/models/_inbox"""

from datetime import timedelta

from simulators.chatwoot.access import Router, as_boolean, as_object, read_params
from simulators.chatwoot.errors import Crash, RecordInvalid
from simulators.chatwoot.records import API_CHANNEL, WEB_WIDGET_CHANNEL, AgentBot, Inbox, Json, User
from simulators.chatwoot.state import State, make_token
from simulators.chatwoot.views import agent

DELETION_TAKES = timedelta(seconds=5)

CHANNEL_TYPES = {"api": API_CHANNEL, "web_widget": WEB_WIDGET_CHANNEL}

DEFAULT_SETTINGS: Json = {
    "greeting_enabled": False,
    "greeting_message": None,
    "working_hours_enabled": False,
    "enable_email_collect": True,
    "csat_survey_enabled": False,
    "csat_config": {},
    "enable_auto_assignment": True,
    "auto_assignment_config": {},
    "out_of_office_message": None,
    "timezone": "UTC",
    "allow_messages_after_resolved": True,
    "lock_to_single_conversation": False,
    "sender_name_type": "friendly",
    "business_name": None,
}


class Inboxes:
    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, params: Json) -> Inbox:
        """The account's agent becomes a member at once, so that its token sees the inbox."""
        channel = as_object(params.get("channel"))
        if channel.get("type") not in CHANNEL_TYPES:
            raise Crash("no such channel type")
        _validate(str(params.get("name") or ""), channel)
        now = self._state.clock()
        inbox = Inbox(
            id=self._state.next_id("inbox"),
            channel_id=self._state.next_id("channel"),
            name=str(params["name"]),
            channel_type=CHANNEL_TYPES[str(channel["type"])],
            settings=DEFAULT_SETTINGS | _pick_settings(params),
            webhook_url=channel.get("webhook_url"),
            hmac_mandatory=as_boolean(channel.get("hmac_mandatory")),
            additional_attributes=as_object(channel.get("additional_attributes")),
            secret=make_token(),
            hmac_token=make_token(),
            inbox_identifier=make_token(),
            created_at=now,
            updated_at=now,
            member_ids={self._state.agent.id},
        )
        self._state.inboxes[inbox.id] = inbox
        return inbox

    def update(self, inbox: Inbox, params: Json) -> None:
        """Only what is named changes, in the inbox and in its channel."""
        channel = as_object(params.get("channel"))
        name = str(params.get("name", inbox.name) or "")
        _validate(name, channel)
        inbox.name = name
        inbox.settings = inbox.settings | _pick_settings(params)
        if "webhook_url" in channel:
            inbox.webhook_url = channel["webhook_url"]
        if "hmac_mandatory" in channel:
            inbox.hmac_mandatory = as_boolean(channel["hmac_mandatory"])
        if "additional_attributes" in channel:
            inbox.additional_attributes = as_object(channel["additional_attributes"])
        inbox.updated_at = self._state.clock()


def view_inbox(state: State, inbox: Inbox, user: User | AgentBot) -> Json:
    """Secrets are for administrators."""
    settings = {name: value for name, value in inbox.settings.items() if name not in _LATE_SETTINGS}
    view: Json = {
        "id": inbox.id,
        "avatar_url": "",
        "channel_id": inbox.channel_id,
        "name": inbox.name,
        "channel_type": inbox.channel_type,
        **{name: value for name, value in settings.items() if name != "timezone"},
        "working_hours": WORKING_HOURS,
        "timezone": inbox.settings["timezone"],
        "callback_webhook_url": None,
        **{name: inbox.settings[name] for name in _LATE_SETTINGS},
        "allowed_domains": None,
        "widget_color": None if inbox.is_api else "#1f93ff",
        "website_url": None if inbox.is_api else "https://loja.example.com",
        "hmac_mandatory": inbox.hmac_mandatory,
        "welcome_title": None,
        "welcome_tagline": None,
        "web_widget_script": None,
        "website_token": None if inbox.is_api else inbox.inbox_identifier,
        "selected_feature_flags": None,
        "reply_time": None,
        "messaging_service_sid": None,
        "phone_number": None,
    }
    if inbox.is_api and isinstance(user, User) and user.role == "administrator":
        view["hmac_token"] = inbox.hmac_token
        if state.is_at_least(4, 13, 0):
            view["secret"] = inbox.secret
        view["webhook_url"] = inbox.webhook_url
        view["inbox_identifier"] = inbox.inbox_identifier
    if inbox.is_api:
        view["additional_attributes"] = inbox.additional_attributes
    view["provider"] = None
    return view


def add_routes(router: Router, state: State, inboxes: Inboxes) -> None:
    @router.account("GET", "/inboxes")
    def index(user: User) -> Json:
        return {"payload": [view_inbox(state, inbox, user) for inbox in state.visible_inboxes(user)]}

    @router.account("GET", "/inboxes/<inbox_id>")
    def show(user: User, inbox_id: str) -> Json:
        return view_inbox(state, state.find_inbox(inbox_id, user), user)

    @router.account("POST", "/inboxes", role="administrator")
    def create(user: User) -> Json:
        return view_inbox(state, inboxes.create(read_params()), user)

    @router.account("PATCH", "/inboxes/<inbox_id>", role="administrator")
    @router.account("PUT", "/inboxes/<inbox_id>", role="administrator")
    def update(user: User, inbox_id: str) -> Json:
        inbox = state.find_inbox(inbox_id, user)
        inboxes.update(inbox, read_params())
        return view_inbox(state, inbox, user)

    @router.account("DELETE", "/inboxes/<inbox_id>", role="administrator")
    def destroy(user: User, inbox_id: str) -> Json:
        """A job deletes it later; until then it takes contacts and conversations (seen on 4.16.2)."""
        state.find_inbox(inbox_id, user).gone_at = state.clock() + DELETION_TAKES
        return {"message": "Your inbox deletion request will be processed in some time."}

    @router.account("POST", "/inboxes/<inbox_id>/reset_secret", role="administrator")
    def reset_secret(user: User, inbox_id: str) -> Json:
        inbox = state.find_inbox(inbox_id, user)
        inbox.secret = make_token()
        return view_inbox(state, inbox, user)

    @router.account("GET", "/agents")
    def list_agents(user: User) -> list[Json]:
        """Everyone of the account, administrators too. agents_controller.rb"""
        return [agent(state, member) for member in state.users if member.role]

    @router.account("GET", "/inbox_members/<inbox_id>")
    def list_members(user: User, inbox_id: str) -> Json:
        """inbox_members_controller.rb; the members alone, whoever else may see the inbox."""
        return view_members(state.find_inbox(inbox_id, user))

    @router.account("POST", "/inbox_members", role="administrator")
    def add_members(user: User) -> Json:
        params = read_params()
        inbox = state.find_inbox(params.get("inbox_id"), user)
        wanted = [state.find_member(user_id) for user_id in params.get("user_ids") or []]
        inbox.member_ids |= {member.id for member in wanted if member}
        return view_members(inbox)

    def view_members(inbox: Inbox) -> Json:
        return {"payload": [agent(state, member) for member in state.users if member.id in inbox.member_ids]}


def _pick_settings(params: Json) -> Json:
    return {
        name: as_boolean(params[name]) if isinstance(default, bool) else params[name]
        for name, default in DEFAULT_SETTINGS.items()
        if name in params
    }


def _validate(name: str, channel: Json) -> None:
    problems = []
    if not name.strip():
        problems.append(("name", "Name can't be blank"))
    if len(name) > 255:
        problems.append(("name", "Name is too long (maximum is 255 characters)"))
    if len(str(channel.get("webhook_url") or "")) > 2048:
        problems.append(("webhook_url", "Webhook url is too long (maximum is 2048 characters)"))
    if problems:
        raise RecordInvalid(*problems)


_LATE_SETTINGS = (
    "allow_messages_after_resolved",
    "lock_to_single_conversation",
    "sender_name_type",
    "business_name",
)

# The table every new inbox starts with: nine to five from Monday to Friday.
WORKING_HOURS: list[Json] = [
    {
        "day_of_week": day,
        "closed_all_day": day in (0, 6),
        "open_hour": None if day in (0, 6) else 9,
        "open_minutes": None if day in (0, 6) else 0,
        "close_hour": None if day in (0, 6) else 17,
        "close_minutes": None if day in (0, 6) else 0,
        "open_all_day": False,
    }
    for day in range(7)
]
