"""What we count. Labels never hold a person, a value from outside or a path parameter.

With PROMETHEUS_MULTIPROC_DIR set before this is imported, all processes of one machine
count into the same files.
"""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("p13n_requests_total", "Answers given", ["route", "status"])
SECONDS = Histogram(
    "p13n_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 3.5, 5),
)
UPSTREAM_CALLS = Counter(
    "p13n_upstream_calls_total", "Calls to Personalization by outcome", ["tenant", "outcome"]
)
MARKETING_CLOUD_CALLS = Counter(
    "p13n_marketing_cloud_calls_total", "Calls to Marketing Cloud by outcome", ["tenant", "outcome"]
)
EXPORT_ROWS = Counter(
    "p13n_export_rows_total", "Rows of the user export that were read", ["tenant", "dataset"]
)
SEGMENT_ENTRIES = Counter(
    "p13n_segment_entries_total",
    "Entries of segment exports, each time they come into a state",
    ["tenant", "export", "state"],
)
SEGMENT_LOOKS = Counter(
    "p13n_segment_looks_total", "People asked for because they acted", ["tenant", "outcome"]
)
CRM_CALLS = Counter(
    "p13n_crm_calls_total",
    "Calls to the Salesforce org by HTTP status or fault",
    ["tenant", "outcome"],
)
USER_LOOKUPS = Counter(
    "p13n_user_lookups_total",
    "User look-ups by outcome, apart from other calls",
    ["tenant", "outcome"],
)
CACHE_ANSWERS = Counter(
    "p13n_cache_answers_total", "What the response cache answered", ["tenant", "state"]
)
CACHE_TROUBLES = Counter(
    "p13n_cache_troubles_total", "What went wrong inside the response cache, unseen", ["what"]
)
DROPPED_ITEMS = Counter(
    "p13n_dropped_items_total", "Items of campaign payloads that could not be read", ["tenant"]
)
DROPPED_LINKS = Counter(
    "p13n_dropped_links_total", "Links and images refused by scheme or host", ["tenant"]
)
REFUSED_TOKENS = Counter("p13n_refused_tokens_total", "Tokens and secrets refused", ["why"])
EVENTS = Counter("p13n_events_total", "Events that were taken, by outcome", ["tenant", "outcome"])
REFUSED_EVENTS = Counter(
    "p13n_refused_events_total", "Events that were not stored, by reason", ["tenant", "reason"]
)
REFUSED_COLLECTS = Counter(
    "p13n_refused_collects_total", "Calls of the collector that were refused", ["why"]
)
LEFT_OUT_ITEMS = Counter(
    "p13n_left_out_items_total", "Items beyond the cap of an event", ["tenant"]
)
RATE_STORE_FAILURES = Counter(
    "p13n_rate_store_failures_total", "Calls let through because rates could not be asked"
)
AUDIT_ENTRIES = Counter(
    "p13n_audit_entries_total", "Looks at people that were recorded", ["tenant", "component"]
)
ERASED_SKIPS = Counter(
    "p13n_erased_skips_total",
    "Rows, messages and looks left out because their person was erased",
    ["tenant", "where"],
)
PURGED_EVENTS = Counter(
    "p13n_purged_events_total", "Events past their dataset's retention that were deleted"
)
PURGED_ROWS = Counter(
    "p13n_purged_rows_total", "Rows past their time that were deleted or blanked", ["table"]
)
OUTBOX_ACCEPTED = Counter(
    "p13n_outbox_accepted_total", "Messages put on disk to be delivered", ["tenant", "kind"]
)
OUTBOX_DELIVERIES = Counter(
    "p13n_outbox_deliveries_total",
    "Tries to deliver, by outcome: done, later, held_back, dead, unconfirmed, lost, erased",
    ["tenant", "kind", "outcome"],
)
JOURNEY_STEPS = Counter(
    "p13n_journey_steps_total",
    "Contacts at one of our activities, by what was answered",
    ["tenant", "activity", "answer"],
)
REFUSED_JOURNEY_CALLS = Counter(
    "p13n_refused_journey_calls_total", "Calls that were not Journey Builder's", ["why"]
)
REFUSED_ROWS = Counter(
    "p13n_refused_rows_total", "Rows of profile updates that were rejected", ["tenant"]
)
