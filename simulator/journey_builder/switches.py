"""What nobody documented about Journey Builder's REST API, and what one call may meet."""

MOMENTARY = {
    "throttled": "seconds: 429 with errorcode 50100 and Retry-After",
    "blocked": "true: 429 with errorcode 50200 and no Retry-After",
    "tokenExpired": "true: 401 although the token is alive, which it is no more",
    "forbidden": "true: 403 with errorcode 20000",
    "batchError": "errorcode: 400 for the batch as a whole",
    "shortAnswer": "true: the answer to a batch lacks its last member",
    "swappedAnswer": "true: the answer to a batch has its first two members swapped",
}

DEFAULTS = {
    "statusLagSeconds": 0,
    "processSeconds": 0,
    "statusShape": "items",
    "refusedMembers": {},
    "erroredMembers": {},
    "batchNeedsEveryMember": False,
    "requestsPerMinute": None,
    "answerShapes": "documented",
    "lifecycleSigned": False,
    "lifecycleBody": "merged",
    "unresolvedBindings": "text",
    "clientErrorEjects": True,
}

MEANINGS = {
    "statusLagSeconds": "so long the status call does not know an event that was taken",
    "processSeconds": "so long an event is queued",
    "statusShape": "items, members or list: where the status answer has its events",
    "refusedMembers": "{contact key: errorcode}: members that are not taken",
    "erroredMembers": "{contact key: errorcode}: members that are taken and fail later",
    "batchNeedsEveryMember": "true: one unfit member refuses the whole batch with 400",
    "requestsPerMinute": "more are answered with 429 and errorcode 50100",
    "answerShapes": "documented or recorded: how the canvas answers what a page requests",
    "lifecycleSigned": "true: save, validate, publish, unpublish and stop come as tokens",
    "lifecycleBody": "merged: with the body that the page wrote, or ids only",
    "unresolvedBindings": "text or empty: what a binding without a value becomes",
    "clientErrorEjects": "true: a 4xx gives the contact up; false: it counts as success",
}

CHOICES = {
    "statusShape": ("items", "members", "list"),
    "answerShapes": ("documented", "recorded"),
    "lifecycleBody": ("merged", "ids"),
    "unresolvedBindings": ("text", "empty"),
}
