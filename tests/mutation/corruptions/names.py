"""The files of the clean book, by what they are about."""

CATALOG = "catalog.yaml"
PLAIN_CALL = "patterns/awaited-plain-call.yaml"  # the cause of two issues
LOST_UPDATE = "patterns/lost-update.yaml"

CHAT = "1/issue.yaml"  # fixed, validated and released
CHAT_STATED = "1/claims/report.yaml"
CHAT_PLAN = "1/claims/plan.yaml"
CHAT_PLACES = "1/affected.yaml"
CHAT_BEFORE = "1/evidence/before-staging.yaml"  # the journey fails without the fix
CHAT_AFTER = "1/evidence/after-staging.yaml"  # and passes with it
DESK_BEFORE = "1/evidence/before-local.yaml"
DESK_AFTER = "1/evidence/after-local.yaml"
MEASURED = "1/evidence/connection-success.yaml"  # by a person, sealed
SEARCH = "1/evidence/no-call-left.yaml"
SEEN_WORKING = "1/evidence/opens-in-production.yaml"
REPORTED = "1/evidence/reported-run.yaml"  # typed from a document

SETTINGS = "2/issue.yaml"  # reproduced, and open
SETTINGS_STATED = "2/claims/notes.yaml"
SETTINGS_PLACES = "2/affected.yaml"
SETTINGS_BEFORE = "2/evidence/before-staging.yaml"
SETTINGS_AGAIN = "2/evidence/still-failing.yaml"  # a month later, on other code
SEEN_FAILING = "2/evidence/seen-in-staging.yaml"
TOLD = "2/evidence/told-by-the-plan.yaml"

SAME_ERROR = "3/issue.yaml"  # closed into issue 1
CHECKS = "4/issue.yaml"  # the parent of issue 2
WINDOWS = "5/issue.yaml"  # has a flaky test
WINDOWS_FIRST = "5/evidence/desk-run-1.yaml"
WINDOWS_SECOND = "5/evidence/desk-run-2.yaml"
BADGE = "6/issue.yaml"  # declined
OVERNIGHT = "7/issue.yaml"  # can't be reproduced
SPLIT = "8/issue.yaml"  # went on as issues 2 and 5
PHONE = "9/issue.yaml"  # a duplicate of issue 1
EXPORTS = "10/issue.yaml"  # belongs to no other
EXPORTS_PLACES = "10/affected.yaml"
