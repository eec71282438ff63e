"""How many rows of the user export a dataset has used this month: the licence counts them."""

from sqlalchemy import insert, select, update

from service.storage.database import Database
from service.storage.segment_tables import export_rows


class ExportRows:
    """Counts rows by tenant, dataset and month (`2026-11`)."""

    def __init__(self, database: Database):
        self._database = database

    def used(self, tenant: str, dataset: str, month: str) -> int:
        """Return how many rows were read in the month."""
        query = select(export_rows.c.rows).where(_place(tenant, dataset, month))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one_or_none() or 0

    def add(self, tenant: str, dataset: str, month: str, rows: int) -> None:
        """Count `rows` more."""

        def work(connection) -> None:
            place = _place(tenant, dataset, month)
            more = update(export_rows).where(place).values(rows=export_rows.c.rows + rows)
            if connection.execute(more).rowcount == 0:
                first = {"tenant": tenant, "dataset": dataset, "month": month, "rows": rows}
                connection.execute(insert(export_rows), first)

        self._database.write(work)


def _place(tenant: str, dataset: str, month: str):
    columns = export_rows.c
    return (columns.tenant == tenant) & (columns.dataset == dataset) & (columns.month == month)
