"""What the org refuses, in Salesforce's words.

Source: REST API Developer Guide, "Status Codes and Error Responses"; SOAP API, "ExceptionCode".
"""


class OrgError(Exception):
    """Raised when the org refuses a request; answered as `[{message, errorCode, fields}]`."""

    def __init__(self, status: int, code: str, message: str, fields: tuple[str, ...] = ()):
        super().__init__(message)
        self.status, self.code, self.fields = status, code, fields

    def body(self) -> list[dict]:
        """Return the answer's body; `fields` only when there are some."""
        problem = {"message": str(self), "errorCode": self.code}
        return [problem | ({"fields": list(self.fields)} if self.fields else {})]


def not_found(message: str = "The requested resource does not exist") -> OrgError:
    """Return the refusal for a route or record that is not there."""
    return OrgError(404, "NOT_FOUND", message)


def malformed_query(message: str) -> OrgError:
    """Return the refusal for SOQL that cannot be parsed, or that this org does not support."""
    return OrgError(400, "MALFORMED_QUERY", message)


def invalid_field(message: str) -> OrgError:
    """Return the refusal for a field that is not there or cannot be used so."""
    return OrgError(400, "INVALID_FIELD", message)
