"""One Marketing Cloud Engagement account with its Journey Builder, as far as we speak to it."""
