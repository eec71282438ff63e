"""What a test or the demo may ask about the account's inside."""

from flask import Blueprint, abort, jsonify

from simulator.personalization.admission import account, dataset_named
from simulator.personalization.cast import cast
from simulator.personalization.user_lookup import look_up

NESTED = {"lookupShape": "nested", "lookupHasDailyStats": False}


def inspection_routes() -> Blueprint:
    """Return the routes `profiles`, `profiles/<dataset>/<id>`, `stats`, `dropped` and `cast`."""
    routes = Blueprint("inspection", __name__, url_prefix="/_simulator")

    @routes.get("/profiles")
    def profiles():
        return jsonify(account().profile_counts())

    @routes.get("/profiles/<dataset>/<profile_id>")
    def profile(dataset: str, profile_id: str):
        with account().lock:
            held = dataset_named(dataset).profiles.get(profile_id)
            if held is None:
                abort(404)
            inside = {
                "events": list(held.events),
                "objects": held.objects,
                "actions": held.actions,
                "cartSize": len(held.cart),
            }
            return jsonify(look_up(dataset_named(dataset), held, NESTED) | inside)

    @routes.get("/stats/<dataset>")
    def stats(dataset: str):
        with account().lock:
            counted = dataset_named(dataset).stats.items()
            return jsonify(
                [
                    {"experienceId": experience, "stat": stat, "control": control, "count": count}
                    for (experience, stat, control), count in counted
                ]
            )

    @routes.get("/dropped/<dataset>")
    def dropped(dataset: str):
        with account().lock:
            return jsonify(dict(dataset_named(dataset).dropped))

    @routes.get("/cast")
    def people_of_the_cast():
        return jsonify(cast())

    return routes
