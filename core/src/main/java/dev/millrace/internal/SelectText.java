package dev.millrace.internal;

import java.util.LinkedHashSet;
import java.util.stream.Collectors;

/// How a select is shown in dumps: Go's words, and the first of its cases that have a name, `select of channel "jobs", done of "page" (3 cases)`.
final class SelectText {
    private static final int MOST_NAMED = 4;

    private SelectText() {}

    /// Of the first `size` of `offers`.
    static String of(Offer[] offers, int size) {
        int waiting = 0;
        var named = new LinkedHashSet<String>();
        for (int i = 0; i < size; i++) {
            Offer offer = offers[i];
            if (offer.enabled && (offer.target != null || offer.event != null)) {
                waiting++;
                String name = named.size() > MOST_NAMED ? "" : called(offer);
                if (!name.isEmpty()) {
                    named.add(name);
                }
            }
        }
        if (waiting == 0) {
            return "select (no cases)";
        }
        String cases = " (" + waiting + " cases)";
        if (named.isEmpty()) {
            return "select" + cases;
        }
        String names = named.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return "select of " + names + (named.size() > MOST_NAMED ? ", …" : "") + cases;
    }

    private static String called(Offer offer) {
        if (offer.target != null) {
            return offer.target.called();
        }
        String name = offer.event == null ? "" : offer.event.name();
        return name.isEmpty() ? "" : "done of \"" + name + "\"";
    }
}
