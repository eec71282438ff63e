"""Callers of the stand-ins, as tests use them: over HTTP, with the credentials of the demo."""

import requests

KEY = ("demo-key", "demo-secret")


class Account:
    """A caller of the simulated Personalization account."""

    def __init__(self, url: str):
        self.url = url
        self.session = requests.Session()

    def event(self, body=None, *, dataset="retail", auth=KEY, **changes) -> requests.Response:
        """Send an authenticated event: a quiet look at Ada, unless the body or changes differ."""
        url = f"{self.url}/api2/authevent/{dataset}"
        return self.session.post(url, json=body or look(**changes), auth=auth, timeout=10)

    def get(self, path: str, *, auth=KEY, **options) -> requests.Response:
        """Read a documented route."""
        return self.session.get(self.url + path, auth=auth, timeout=10, **options)

    def inside(self, path: str):
        """Read one of the simulator's own routes."""
        return self.session.get(f"{self.url}/_simulator/{path}", timeout=10).json()

    def tell(self, path: str, **body) -> requests.Response:
        """Write to one of the simulator's own routes."""
        return self.session.post(f"{self.url}/_simulator/{path}", json=body, timeout=10)

    def profiles(self) -> int:
        """Return how many people the dataset has."""
        return self.inside("profiles")["retail"]

    def profile(self, profile_id: str) -> dict:
        """Return the inside of a profile."""
        return self.inside(f"profiles/retail/{profile_id}")


class Org:
    """A caller of the simulated Salesforce org, signed in."""

    def __init__(self, url: str, client=("demo-org-client", "demo-org-secret")):
        self.url = url
        self.data = f"{url}/services/data/v65.0"
        self.session = requests.Session()
        self.client = client
        self.sign_in()

    def sign_in(self) -> dict:
        """Open a session and use it from now on."""
        granted = self.token(*self.client).json()
        self.session.headers["Authorization"] = f"Bearer {granted['access_token']}"
        return granted

    def token(self, client_id: str, secret: str, grant="client_credentials") -> requests.Response:
        form = {"grant_type": grant, "client_id": client_id, "client_secret": secret}
        return self.session.post(f"{self.url}/services/oauth2/token", data=form, timeout=10)

    def ask(self, method: str, path: str, **options) -> requests.Response:
        """Call a route below the version."""
        return self.session.request(method, self.data + path, timeout=10, **options)

    def tell(self, path: str, body) -> requests.Response:
        """Write to one of the simulator's own routes."""
        answer = self.session.post(f"{self.url}/_simulator/{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer

    def fault(self, **switches) -> None:
        """Turn on faults or switches."""
        self.tell("faults", switches)

    def bulk(self, method: str, path: str, **options) -> requests.Response:
        """Call a route of the Bulk API 1.0, below `/job`."""
        token = self.session.headers["Authorization"].partition(" ")[2]
        url = f"{self.url}/services/async/62.0/job{path}"
        headers = {"X-SFDC-Session": token} | options.pop("headers", {})
        return requests.request(method, url, headers=headers, timeout=10, **options)

    def query(self, soql: str, **headers) -> dict:
        """Return the answer to a query that is right."""
        answer = self.ask("GET", "/query", params={"q": soql}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def values(self, soql: str) -> list:
        """Return the first selected field of all records."""
        name = soql.split()[1].rstrip(",")
        return [record[name] for record in self.query(soql)["records"]]

    def refusal(self, soql: str) -> tuple[int, str, str]:
        """Return status, code and message of a query that is wrong."""
        answer = self.ask("GET", "/query", params={"q": soql})
        (problem,) = answer.json()
        return answer.status_code, problem["errorCode"], problem["message"]


def look(
    email="ada.ashdown@example.com", channel="Server", flags=None, debug=None, **source
) -> dict:
    """Return the event that a component's look at a person makes."""
    return {
        "action": "CRM Record View",
        "source": {"channel": channel, "application": "Sales Cloud", **source},
        "user": {"attributes": {"emailAddress": email}},
        "flags": {"nonInteractive": True, **(flags or {})},
        "debug": debug or {},
    }


def by_name(reply: dict) -> dict[str, dict]:
    """Return a reply's campaign responses by campaign name."""
    return {response["campaignName"]: response for response in reply["campaignResponses"]}
