package dev.millrace.verify.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The map of the core: which package may use which. A package stands with its sub-packages for one unit.
record Arrows(String root, Map<String, Set<String>> allowed) {
    /// The name of the root package itself.
    static final String ROOT = "(root)";

    static final Map<String, Set<String>> MAP = Map.ofEntries(
            Map.entry("internal", Set.of()),
            Map.entry(ROOT, Set.of("internal")),
            Map.entry("probe", Set.of("internal", "context")),
            Map.entry("atomic", Set.of("internal")),
            Map.entry("context", Set.of("internal")),
            Map.entry("sync", Set.of("internal", "context", "go")),
            Map.entry("go", Set.of("internal", "context")),
            Map.entry("chan", Set.of("internal", "context", "sync")),
            Map.entry("group", Set.of("internal", "context", "go", "sync", "chan")),
            Map.entry("time", Set.of("internal", "context", "chan")),
            Map.entry("pipeline", Set.of("internal", "context", "chan", "time", "go", "group")));

    /// {@return one line for each arrow that the map does not have, and for each package that it does not know}
    List<String> violations(Iterable<JavaClass> classes) {
        var found = new TreeSet<String>();
        for (JavaClass type : classes) {
            String from = unit(type.getPackageName());
            Set<String> targets = allowed.get(from);
            if (targets == null) {
                found.add("package " + type.getPackageName() + " is not on the map (Arrows.MAP)");
                continue;
            }
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String targetPackage = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (inside(targetPackage)) {
                    String to = unit(targetPackage);
                    if (!to.equals(from) && !targets.contains(to)) {
                        found.add(from + " -> " + to + " is no arrow of the map: " + dependency.getDescription());
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    /// {@return the cycles between packages, each once, as a chain of names}
    List<String> cycles(Iterable<JavaClass> classes) {
        var uses = new TreeMap<String, Set<String>>();
        for (JavaClass type : classes) {
            var targets = uses.computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (inside(target) && !target.equals(type.getPackageName())) {
                    targets.add(target);
                }
            }
        }
        var found = new ArrayList<String>();
        for (String start : uses.keySet()) {
            search(start, start, new ArrayList<>(List.of(start)), new TreeSet<>(), uses, found);
        }
        return found;
    }

    /// Reports a cycle from its alphabetically first package only.
    private static void search(String start, String at, List<String> path, Set<String> seen,
            Map<String, Set<String>> uses, List<String> found) {
        for (String next : uses.getOrDefault(at, Set.of())) {
            if (next.equals(start)) {
                found.add(String.join(" -> ", path) + " -> " + start);
            } else if (next.compareTo(start) > 0 && seen.add(next)) {
                path.add(next);
                search(start, next, path, seen, uses, found);
                path.removeLast();
            }
        }
    }

    private boolean inside(String packageName) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }

    private String unit(String packageName) {
        if (packageName.equals(root)) {
            return ROOT;
        }
        String rest = packageName.substring(root.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }
}
