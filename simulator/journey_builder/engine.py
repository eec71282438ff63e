"""Runs journeys: publishes them, lets contacts in, and calls our activities for each of them.

Calls are signed with HS256, the whole body being the token; what fails is repeated as the
activity's configuration says (a network error, a timeout, a 5xx), then the contact is given up.
Sources: Marketing Cloud Engagement guide, "Custom Activity Configuration", "Encode Custom
Activities Using a JWT". What a 4xx does is not documented: a switch.
"""

import copy
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import jwt
import requests

from simulator.journey_builder.bindings import render
from simulator.journey_builder.journeys import Activity, Contact, Journey, person_of

LIFECYCLE_SECONDS = 10
STEP_SECONDS = 0.7
"""How long a contact stays in a box, for whoever watches."""
PUBLISHED = "Running"


class NotPublished(Exception):
    """Raised when a journey that is not running is to be run."""


class Engine:
    """Runs the journeys of one account.

    `activity_url` is where our activities live, such as https://host/journey/acme; `pace` is what
    a second of waiting between tries lasts, in seconds.
    """

    def __init__(
        self, activity_url: str, signing_key: str, switches, journeys: list[Journey], pace: float
    ):
        self.activity_url, self._key, self._switches = activity_url, signing_key, switches
        self.journeys = {journey.key: journey for journey in journeys}
        self._pace = pace
        self._threads = ThreadPoolExecutor(50, thread_name_prefix="journey")
        self._local = threading.local()
        self._slots: dict[str, threading.Semaphore] = {}
        self._stopping = threading.Event()

    def close(self) -> None:
        """Let nobody go on, and wait for the calls that are under way."""
        self._stopping.set()
        self._threads.shutdown(cancel_futures=True)

    def load(self, journey: Journey) -> None:
        """Fetch what our activities say of themselves, as the canvas does when it opens."""
        for activity in journey.activities.values():
            if activity.is_ours and not activity.payload:
                url = f"{self.activity_url}/{activity.kind}/config.json"
                answer = self._session.get(url, timeout=LIFECYCLE_SECONDS)
                answer.raise_for_status()
                with journey.lock:
                    activity.payload = _dropped(journey, activity, answer.json())

    def save(self, journey: Journey, key: str, payload: dict) -> None:
        """Keep what the page has saved, and tell it."""
        with journey.lock:
            journey.activities[key].payload = payload
            journey.problems.pop(key, None)
        self._lifecycle(journey, journey.activities[key], "save")

    def publish(self, journey: Journey) -> bool:
        """Validate and publish every activity; what one refuses stops the journey."""
        ours = [each for each in journey.activities.values() if each.is_ours]
        problems = {}
        for activity in ours:
            said = self._unready(activity) or self._lifecycle(journey, activity, "validate")
            if said:
                problems[activity.key] = said
        for activity in ours if not problems else ():
            if said := self._lifecycle(journey, activity, "publish"):
                problems[activity.key] = said
        with journey.lock:
            journey.problems = problems
            for activity in ours:
                activity.payload["errors"] = problems.get(activity.key)
                activity.payload["editable"] = bool(problems)
            journey.status = "Draft" if problems else PUBLISHED
        return not problems

    def stop(self, journey: Journey) -> None:
        """Stop the journey: nobody goes on, and it may be changed again."""
        with journey.lock:
            journey.status = "Draft"
            journey.contacts.clear()
            journey.version += 1
        for activity in journey.activities.values():
            if activity.is_ours:
                self._lifecycle(journey, activity, "stop")
                activity.payload["editable"] = True

    def run(self, journey: Journey, *, is_test: bool = False) -> list:
        """Let everybody in who waits at the entry; return the futures of their passages."""
        if journey.status != PUBLISHED and not is_test:
            raise NotPublished(journey.name)
        rows = journey.entry.rows
        return [self._enter(journey, row, is_test=is_test) for row in rows]

    def heard(self, entry) -> None:
        """Let a contact in who came by the entry-event API."""
        for journey in self.journeys.values():
            if journey.entry.key == entry.event_definition_key and journey.status == PUBLISHED:
                self._enter(journey, {"ContactKey": entry.contact_key} | entry.data)

    def execute(self, journey: Journey, activity: Activity, contact: Contact) -> dict:
        """Call an activity for a contact until it answers for good; return what is shown of it."""
        call = activity.payload["arguments"]["testExecute" if contact.is_test else "execute"]
        body = self._sign(self._body(journey, activity, contact, call))
        tries = 1 + int(call.get("retryCount", 0))
        for attempt in range(1, tries + 1):
            with self._slot(activity, call):
                status, answer = self._post(call, body)
            is_final = status is not None and status < 500
            pause = call.get("retryDelay", 1_000) / 1_000 * self._pace
            if is_final or attempt == tries or self._stopping.wait(pause):
                break
        return {"attempts": attempt, "httpStatus": status, "answer": answer}

    def _slot(self, activity: Activity, call: dict) -> threading.Semaphore:
        """Return what keeps the calls of an activity to as many at once as it wants."""
        slots = threading.Semaphore(int(call.get("concurrentRequests", 1)))
        return self._slots.setdefault(activity.payload["id"], slots)

    @property
    def _session(self) -> requests.Session:
        """One connection pool a thread."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        return self._local.session

    def _enter(self, journey: Journey, row: dict, *, is_test: bool = False):
        person = person_of(row["ContactKey"])
        contact = journey.let_in(row, is_test=is_test, person=person)
        return self._threads.submit(self._walk, journey, contact)

    def _walk(self, journey: Journey, contact: Contact) -> None:
        """Take a contact from box to box until the exit."""
        while not self._stopping.is_set():
            activity = journey.activities[contact.at]
            step = {"key": activity.key}
            self._stopping.wait(STEP_SECONDS * self._pace)
            if activity.is_ours:
                step |= self.execute(journey, activity, contact)
            with journey.lock:
                contact.trail.append(step)
                contact.outputs[activity.key] = step.get("answer") or {}
                contact.at = self._next(activity, step)
                if contact.at not in journey.activities or contact.at == "END":
                    return

    def _next(self, activity: Activity, step: dict) -> str:
        if not activity.is_ours:
            return activity.next[""]
        status, answer = step["httpStatus"], step["answer"] or {}
        is_lost = status is None or status >= 500
        if is_lost or (status >= 400 and self._switches["clientErrorEjects"]):
            return "GIVEN UP"
        if activity.kind == "activity":
            return activity.next[""]
        return activity.next.get(answer.get("branchResult"), "GIVEN UP")

    def _post(self, call: dict, body: str) -> tuple[int | None, dict | None]:
        headers = {"Content-Type": "application/jwt"}
        try:
            answer = self._session.post(
                call["url"], data=body, headers=headers, timeout=call.get("timeout", 60_000) / 1_000
            )
        except requests.RequestException:
            return None, None
        try:
            value = answer.json()
        except ValueError:
            value = None
        return answer.status_code, value if isinstance(value, dict) else None

    def _body(self, journey: Journey, activity: Activity, contact: Contact, call: dict) -> dict:
        activity_id = activity.payload["id"]
        given = copy.deepcopy(call.get("inArguments", []))
        values = _values(journey, contact)
        return {
            "inArguments": render(given, values, self._switches["unresolvedBindings"]),
            "outArguments": [],
            "activityObjectID": activity_id,
            "activityId": activity_id,
            "journeyId": journey.id,
            "definitionInstanceId": contact.instance_id,
            "activityInstanceId": f"{contact.instance_id}-{activity.key}",
            "keyValue": contact.key,
            "mode": 0,
        }

    def _unready(self, activity: Activity) -> list[str]:
        return [] if activity.is_configured else ["The activity is not configured."]

    def _lifecycle(self, journey: Journey, activity: Activity, step: str) -> list[str]:
        """Make a lifecycle call; return what was said against it, nothing when all is well."""
        call = activity.payload["configurationArguments"].get(step) or {}
        if not call.get("url"):
            return []
        body = {
            "activityObjectID": activity.payload["id"],
            "interactionId": journey.id,
            "originalDefinitionId": f"definition-of-{journey.key}",
            "interactionKey": journey.key,
            "interactionVersion": str(journey.version),
        }
        if call.get("body") and self._switches["lifecycleBody"] == "merged":
            body |= json.loads(call["body"])
        is_signed = self._switches["lifecycleSigned"]
        sent = {"data": self._sign(body)} if is_signed else {"json": body}
        try:
            answer = self._session.post(call["url"], timeout=LIFECYCLE_SECONDS, **sent)
        except requests.RequestException:
            return [f"{step}: the activity did not answer."]
        return [] if answer.status_code == 200 else [_said(answer)]

    def _sign(self, body: dict) -> str:
        return jwt.encode(body, self._key, algorithm="HS256")


def _dropped(journey: Journey, activity: Activity, config: dict) -> dict:
    """Return an activity as it is right after it was dragged onto the canvas."""
    dropped = copy.deepcopy(config)
    for place, outcome in enumerate(dropped.get("outcomes", [])):
        outcome |= {"key": f"outcome-{place}", "next": None}
    return dropped | {
        "id": f"{journey.key}-{activity.key}",
        "key": activity.key,
        "name": "",
        "editable": True,
        "errors": None,
    }


def _values(journey: Journey, contact: Contact) -> dict:
    """Return what bindings may name, by path."""
    values = {("Event", journey.entry.key, name): value for name, value in contact.data.items()}
    values |= {
        ("Contact", "Key"): contact.key,
        ("Context", "ContactKey"): contact.key,
        ("Context", "DefinitionInstanceId"): contact.instance_id,
        ("InteractionDefaults", "Email"): contact.data.get("EmailAddress")
        or contact.data.get("Email Address"),
    }
    if contact.person:
        attributes = {"Job Title": contact.person.title, "City": contact.person.city}
        values |= {("Contact", "Attribute", "Demographics", k): v for k, v in attributes.items()}
    for key, answer in contact.outputs.items():
        values |= {("Interaction", key, name): value for name, value in answer.items()}
    return values


def _said(answer: requests.Response) -> str:
    try:
        return answer.json()["detail"]
    except (ValueError, LookupError, TypeError):
        return f"The activity answered HTTP {answer.status_code}."
