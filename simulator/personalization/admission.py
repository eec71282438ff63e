"""What every route of the account asks first: who calls, and for which dataset."""

from flask import abort, current_app, request

from simulator.personalization.account import Account
from simulator.personalization.dataset import Dataset


def account() -> Account:
    """Return the account that is answering."""
    return current_app.account


def admit(permission: str | None, dataset: str | None = None) -> None:
    """Let a caller with the right token pass; raises Refused."""
    authorization = request.headers.get("Authorization", "")
    account().tokens.admit(authorization, permission, dataset, request.remote_addr)


def dataset_named(name: str) -> Dataset:
    """Return a dataset, or answer with the status for an unknown one."""
    if name not in account().datasets:
        abort(account().switches["statusMap"]["unknownDataset"], "unknown dataset")
    return account().datasets[name]
