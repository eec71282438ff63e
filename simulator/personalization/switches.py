"""What nobody documented about Personalization: each a switch, with the default we assume."""

MOMENTARY = {
    "busy": "true: 200 with errorCode 3 and the event not taken; 429 or 503: that status",
}

DEFAULTS = {
    "emptyCampaigns": False,
    "controlGroup": False,
    "controlPayload": "idsOnly",
    "itemShape": "boxed",
    "campaignType": "ng",
    "invalidEventAs": 400,
    "statusMap": {"unauthenticated": 401, "forbidden": 403, "unknownDataset": 404},
    "lookupShape": "nested",
    "lookupHasDailyStats": False,
    "lookupMissing": 404,
    "lookupNeedsApiPermission": True,
    "exportDuplicates": False,
    "exportShortPage": False,
    "doNotTrackCampaigns": False,
    "testMessagesNeedPublished": False,
    "authEventIdentity": "multi",
    "nullClears": True,
}

MEANINGS = {
    "emptyCampaigns": "true: every reply has an empty campaignResponses",
    "controlGroup": "true: everybody is in the control group of every campaign",
    "controlPayload": "idsOnly, or datafield to keep the template's configured fields",
    "itemShape": "boxed (as our templates), "
    "whole, flat, promotion, nonImage, single, wrapper, dataMap",
    "campaignType": "ng or c: the type of a campaign response",
    "invalidEventAs": "400, or 5 for status 200 with errorCode 5",
    "statusMap": "{unauthenticated, forbidden, unknownDataset}: status codes",
    "lookupShape": "nested or flat: the shape of a user look-up",
    "lookupHasDailyStats": "true: the look-up also has dailyStats",
    "lookupMissing": "404, or 200 for an empty object",
    "lookupNeedsApiPermission": "whether the look-up needs the box Can access API",
    "exportDuplicates": "true: each page of the export repeats the last row of the one before",
    "exportShortPage": "true: the first page of the export is one row short",
    "doNotTrackCampaigns": "true: events with doNotTrack are answered with campaigns",
    "testMessagesNeedPublished": "true: forced test experiences must be published",
    "authEventIdentity": "multi, or userIdOnly to ignore identity attributes",
    "nullClears": "true: a null attribute is cleared; false: it is dropped, counted in dropped",
}

CHOICES = {
    "itemShape": (
        *("boxed", "whole", "flat", "promotion"),
        *("nonImage", "single", "wrapper", "dataMap"),
    ),
    "controlPayload": ("idsOnly", "datafield"),
    "campaignType": ("ng", "c"),
    "lookupShape": ("nested", "flat"),
    "authEventIdentity": ("multi", "userIdOnly"),
}
