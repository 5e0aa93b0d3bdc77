"""Webhooks, labels, attribute definitions and the profile: what an administrator sets up once.

webhooks_controller.rb, labels_controller.rb, custom_attribute_definitions_controller.rb, profiles_controller.rb
"""

import re

from flask import Response, request

from simulators.chatwoot import views
from simulators.chatwoot.access import Router, as_boolean, as_object, read_params
from simulators.chatwoot.errors import Crash, NotFound, ParameterMissing, RecordInvalid
from simulators.chatwoot.records import AccountWebhook, AttributeDefinition, Json, Label, User
from simulators.chatwoot.state import State, make_token
from simulators.chatwoot.webhooks import SUBSCRIPTIONS

# The database's default: everything but inbox and typing events. db/schema.rb
DEFAULT_SUBSCRIPTIONS = list(SUBSCRIPTIONS[:8])

DISPLAY_TYPES = ("text", "number", "currency", "percent", "link", "date", "list", "checkbox")

# Keys a definition may not take. app/models/custom_attribute_definition.rb, STANDARD_ATTRIBUTES
RESERVED_KEYS = {
    "conversation_attribute": (
        *("status", "priority", "assignee_id", "inbox_id", "team_id", "display_id", "campaign_id", "labels"),
        *("browser_language", "country_code", "referer", "created_at", "last_activity_at"),
    ),
    "contact_attribute": (
        *("name", "email", "phone_number", "identifier", "country_code", "city", "company_name"),
        *("created_at", "last_activity_at", "referer", "blocked"),
    ),
    "company_attribute": (
        *("name", "domain", "description", "contacts_count", "created_at", "updated_at", "last_activity_at"),
    ),
}


def add_routes(router: Router, state: State) -> None:
    _add_general_routes(router, state)
    _add_webhook_routes(router, state)
    _add_label_routes(router, state)
    _add_definition_routes(router, state)


def _add_general_routes(router: Router, state: State) -> None:
    @router.public("GET", "/api")
    def show_version() -> Json:
        """app/controllers/api_controller.rb"""
        return {
            "version": ".".join(map(str, state.version)),
            "timestamp": state.clock().strftime("%Y-%m-%d %H:%M:%S"),
            "queue_services": "ok",
            "data_services": "ok",
        }

    @router.user("GET", "/api/v1/profile")
    def show_profile(user: User) -> Json:
        return views.profile(state, user)


def _add_webhook_routes(router: Router, state: State) -> None:
    def check(webhook: AccountWebhook) -> None:
        problems = []
        if not re.fullmatch(r"https?://\S+", webhook.url):
            problems.append(("url", "Url is invalid"))
        if any(other.url == webhook.url for other in state.webhooks.values() if other.id != webhook.id):
            problems.append(("url", "Url has already been taken"))
        if not webhook.subscriptions or set(webhook.subscriptions) - set(SUBSCRIPTIONS):
            problems.append(("subscriptions", "Subscriptions Invalid events"))
        if problems:
            raise RecordInvalid(*problems)

    def find(webhook_id: str) -> AccountWebhook:
        found = state.webhooks.get(int(webhook_id)) if webhook_id.isdecimal() else None
        if not found:
            raise NotFound
        return found

    @router.account("GET", "/webhooks", role="administrator")
    def index(user: User) -> Json:
        return {"payload": {"webhooks": [views.webhook(state, webhook) for webhook in state.webhooks.values()]}}

    @router.account("POST", "/webhooks", role="administrator")
    def create(user: User) -> Json:
        """An inbox_id is taken and then does nothing."""
        given = _require("webhook")
        subscriptions = list(given.get("subscriptions") or DEFAULT_SUBSCRIPTIONS)
        webhook = AccountWebhook(0, given.get("name"), str(given.get("url") or ""), subscriptions, make_token())
        check(webhook)
        webhook.id = state.next_id("webhook")
        state.webhooks[webhook.id] = webhook
        return {"payload": {"webhook": views.webhook(state, webhook)}}

    @router.account("PATCH", "/webhooks/<webhook_id>", role="administrator")
    @router.account("PUT", "/webhooks/<webhook_id>", role="administrator")
    def update(user: User, webhook_id: str) -> Json:
        webhook, given = find(webhook_id), _require("webhook")
        changed = AccountWebhook(
            webhook.id,
            given.get("name", webhook.name),
            str(given.get("url", webhook.url) or ""),
            list(given.get("subscriptions", webhook.subscriptions) or []),
            webhook.secret,
        )
        check(changed)
        state.webhooks[webhook.id] = changed
        return {"payload": {"webhook": views.webhook(state, changed)}}

    @router.account("DELETE", "/webhooks/<webhook_id>", role="administrator")
    def destroy(user: User, webhook_id: str) -> Response:
        del state.webhooks[find(webhook_id).id]
        return Response(status=200)


def _add_label_routes(router: Router, state: State) -> None:
    @router.account("GET", "/labels")
    def index(user: User) -> Json:
        return {"payload": [views.label(label) for label in state.labels.values()]}

    @router.account("POST", "/labels", role="administrator")
    def create(user: User) -> Json:
        """app/models/label.rb"""
        given = _require("label")
        title = str(given.get("title") or "").lower()
        problems = []
        if not title:
            problems.append(("title", "Title can't be blank"))
        elif not re.fullmatch(r"[^\W_][\w-]+", title):
            problems.append(("title", "Title is invalid"))
        if len(title) > 255:
            problems.append(("title", "Title is too long (maximum is 255 characters)"))
        if any(label.title == title for label in state.labels.values()):
            problems.append(("title", "Title has already been taken"))
        if problems:
            raise RecordInvalid(*problems)
        shown = as_boolean(given["show_on_sidebar"]) if "show_on_sidebar" in given else None
        label = Label(
            state.next_id("label"), title, given.get("description"), str(given.get("color") or "#1f93ff"), shown
        )
        state.labels[label.id] = label
        return views.label(label)


def _add_definition_routes(router: Router, state: State) -> None:
    @router.account("GET", "/custom_attribute_definitions")
    def index(user: User) -> list[Json]:
        wanted = request.args.get("attribute_model")
        definitions = state.attribute_definitions.values()
        return [views.attribute_definition(d) for d in definitions if wanted in (None, "", d.attribute_model)]

    @router.account("POST", "/custom_attribute_definitions", role="administrator")
    def create(user: User) -> Json:
        given = _require("custom_attribute_definition")
        model = given.get("attribute_model", "conversation_attribute")
        display_type = given.get("attribute_display_type", "text")
        if model not in RESERVED_KEYS or display_type not in DISPLAY_TYPES:
            # An enum raises before any validation (inferred).
            raise Crash(f"{model!r} or {display_type!r} is not valid")
        definition = AttributeDefinition(
            id=0,
            attribute_display_name=str(given.get("attribute_display_name") or "").strip(),
            attribute_display_type=display_type,
            attribute_description=given.get("attribute_description"),
            attribute_key=str(given.get("attribute_key") or "").strip(),
            regex_pattern=given.get("regex_pattern"),
            regex_cue=given.get("regex_cue"),
            attribute_values=list(given.get("attribute_values") or []),
            attribute_model=model,
            created_at=state.clock(),
        )
        _validate_definition(state, definition)
        definition.id = state.next_id("attribute_definition")
        state.attribute_definitions[definition.id] = definition
        return views.attribute_definition(definition)

    @router.account("DELETE", "/custom_attribute_definitions/<definition_id>", role="administrator")
    def destroy(user: User, definition_id: str) -> Response:
        """Values of it stay where they are."""
        found = int(definition_id) if definition_id.isdecimal() else 0
        if not state.attribute_definitions.pop(found, None):
            raise NotFound
        return Response(status=204)


def _validate_definition(state: State, definition: AttributeDefinition) -> None:
    key, problems = definition.attribute_key, []
    if not definition.attribute_display_name:
        problems.append(("attribute_display_name", "Attribute display name can't be blank"))
    if not key:
        problems.append(("attribute_key", "Attribute key can't be blank"))
    existing = state.attribute_definitions.values()
    if any(d.attribute_key == key and d.attribute_model == definition.attribute_model for d in existing):
        problems.append(("attribute_key", "Attribute key has already been taken"))
    if state.is_at_least(4, 11, 2) and not re.fullmatch(r"[\w.\-]+", key):
        sentence = "Attribute key must only contain letters, numbers, underscores, hyphens, and dots"
        problems.append(("attribute_key", sentence))
    if key in RESERVED_KEYS[definition.attribute_model]:
        sentence = "Attribute key The provided key is not allowed as it might conflict with default attributes."
        problems.append(("attribute_key", sentence))
    if problems:
        raise RecordInvalid(*problems)


def _require(name: str) -> Json:
    """The object under `name`; Rails' strong parameters insist on it."""
    given = as_object(read_params().get(name))
    if not given:
        raise ParameterMissing(name)
    return given
