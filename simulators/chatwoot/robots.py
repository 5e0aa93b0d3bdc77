"""Bots of inboxes and automation rules. agent_bots_controller.rb, automation_rules_controller.rb

A bot here writes nothing by itself; an inbox that has one makes its conversations wait as `pending`. Of rules only
those about messages are followed, with the conditions and actions below. app/listeners/automation_rule_listener.rb
"""

from collections.abc import Callable
from typing import Any

from flask import Response

from simulators.chatwoot.access import Router, read_params
from simulators.chatwoot.errors import Crash, NotFound
from simulators.chatwoot.messages import Draft, Messages
from simulators.chatwoot.records import AgentBot, AutomationRule, Conversation, Json, Message, User
from simulators.chatwoot.state import State, make_token
from simulators.chatwoot.timeline import Timeline
from simulators.chatwoot.views import unix

OPERATORS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "equal_to": lambda value, wanted: value in wanted,
    "not_equal_to": lambda value, wanted: value not in wanted,
    "contains": lambda value, wanted: any(str(word).lower() in str(value or "").lower() for word in wanted),
}
ACTIONS = ("send_message", "add_label", "resolve_conversation")


class Rules:
    """Follows the account's automation rules when a message is created."""

    def __init__(self, state: State, messages: Messages, timeline: Timeline) -> None:
        self._state = state
        self._messages = messages
        self._timeline = timeline

    def follow(self, message: Message) -> None:
        # What a rule wrote sets off no other.
        if message.message_type == "activity" or message.content_attributes.get("automation_rule_id"):
            return
        for rule in list(self._state.automation_rules.values()):
            if rule.event_name == "message_created" and all(
                _is_met(condition, message) for condition in rule.conditions
            ):
                for action in rule.actions:
                    self._do(rule, action, message.conversation)

    def _do(self, rule: AutomationRule, action: Json, conversation: Conversation) -> None:
        values = action.get("action_params") or []
        match action["action_name"]:
            case "send_message":
                attributes = {"automation_rule_id": rule.id}
                self._messages.create(Draft(conversation, None, str(values[0]), content_attributes=attributes))
            case "add_label":
                labels = list(dict.fromkeys([*conversation.labels, *map(str, values)]))
                self._timeline.change(conversation, self._state.admin, {"labels": labels})
            case "resolve_conversation":
                self._timeline.change(conversation, self._state.admin, {"status": "resolved"})


def _is_met(condition: Json, message: Message) -> bool:
    values = {
        "content": message.content,
        "message_type": message.message_type,
        "inbox_id": message.conversation.inbox.id,
        "status": message.conversation.status,
    }
    return OPERATORS[condition["filter_operator"]](values[condition["attribute_key"]], condition["values"])


def add_routes(router: Router, state: State) -> None:
    _add_bot_routes(router, state)
    _add_rule_routes(router, state)


def _add_bot_routes(router: Router, state: State) -> None:
    @router.account("POST", "/agent_bots", role="administrator")
    def create(user: User) -> Json:
        params = read_params()
        bot = AgentBot(state.next_id("agent_bot"), str(params["name"]), make_token(), params.get("description"))
        state.agent_bots[bot.id] = bot
        return {
            "id": bot.id,
            "name": bot.name,
            "description": bot.description,
            "thumbnail": "",
            "outgoing_url": params.get("outgoing_url"),
            "bot_type": "webhook",
            "bot_config": {},
            "account_id": state.account_id,
            "access_token": bot.token,
            "secret": make_token(),
            "system_bot": False,
        }

    @router.account("DELETE", "/agent_bots/<bot_id>", role="administrator")
    def destroy(user: User, bot_id: str) -> Response:
        bot = state.agent_bots.pop(_number(bot_id), None)
        if not bot:
            raise NotFound
        for inbox in state.inboxes.values():
            inbox.bot = None if inbox.bot is bot else inbox.bot
        return Response(status=200)

    @router.account("POST", "/inboxes/<inbox_id>/set_agent_bot", role="administrator")
    def set_bot(user: User, inbox_id: str) -> Response:
        """Without a bot it takes the inbox's away."""
        inbox, wanted = state.find_inbox(inbox_id, user), read_params().get("agent_bot")
        bots = {state.bot.id: state.bot, **state.agent_bots}
        if wanted and _number(wanted) not in bots:
            raise NotFound
        inbox.bot = bots[_number(wanted)] if wanted else None
        return Response(status=200)


def _add_rule_routes(router: Router, state: State) -> None:
    @router.account("POST", "/automation_rules", role="administrator")
    def create(user: User) -> Json:
        params = read_params()
        conditions, actions = list(params.get("conditions") or []), list(params.get("actions") or [])
        known = ("content", "message_type", "inbox_id", "status")
        if any(c["attribute_key"] not in known or c["filter_operator"] not in OPERATORS for c in conditions):
            raise Crash("the simulator knows no such condition")
        if any(action["action_name"] not in ACTIONS for action in actions):
            raise Crash("the simulator knows no such action")
        rule = AutomationRule(
            state.next_id("automation_rule"),
            str(params.get("name")),
            params.get("description"),
            str(params.get("event_name")),
            conditions,
            actions,
            state.clock(),
        )
        state.automation_rules[rule.id] = rule
        view = {"id": rule.id, "account_id": state.account_id, **vars(rule), "created_on": unix(rule.created_on)}
        return view | {"active": True}

    @router.account("DELETE", "/automation_rules/<rule_id>", role="administrator")
    def destroy(user: User, rule_id: str) -> Response:
        if not state.automation_rules.pop(_number(rule_id), None):
            raise NotFound
        return Response(status=200)


def _number(value: object) -> int:
    return int(str(value)) if str(value).isdecimal() else 0
