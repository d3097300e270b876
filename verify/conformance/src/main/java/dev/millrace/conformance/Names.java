package dev.millrace.conformance;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The names that a program has given so far, each with its role: what it stands for.
final class Names {
    /// Which other roles will do where one is asked for.
    private static final Map<String, Set<String>> WIDER = Map.of(
            "context", Set.of("cancellable", "causable"),
            "cancellable", Set.of("causable"),
            "lock", Set.of("mutex", "rwmutex"));

    private final Map<String, String> roles = new HashMap<>();

    String declare(Json name, String what, String role) throws BadLineException {
        String text = name.text(what);
        if (roles.putIfAbsent(text, role) != null) {
            throw new BadLineException(name.column(),
                    what + ": expected a name that nothing has yet, was \"" + text + "\"");
        }
        return text;
    }

    String refer(Json name, String what, String role) throws BadLineException {
        String text = name.text(what);
        String is = roles.get(text);
        if (is == null) {
            throw name.wrong(what, "the name of a " + role + " that is there");
        }
        if (!is.equals(role) && !WIDER.getOrDefault(role, Set.of()).contains(is)) {
            throw new BadLineException(name.column(), what + ": expected a " + role + ", \"" + text + "\" is a " + is);
        }
        return text;
    }

    /// What `name`, which is there, stands for.
    String role(String name) {
        return roles.getOrDefault(name, "");
    }
}
