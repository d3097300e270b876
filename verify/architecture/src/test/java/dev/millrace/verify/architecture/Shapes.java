package dev.millrace.verify.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a public type may be and may be called.
final class Shapes {
    /// The packages whose names a program may import as a whole, so that a type of ours would clash.
    static final List<String> TAKEN_PACKAGES = List.of("java.lang", "java.util", "java.util.concurrent",
            "java.util.concurrent.atomic", "java.util.concurrent.locks", "java.util.function", "java.io", "java.nio",
            "java.net", "java.time");

    private static final Pattern FOR_USERS = Pattern.compile(".*(Source|Probe|Hook|Facts)");

    private Shapes() {}

    /// {@return one line for each public type that is open to subclasses without being meant so}
    ///
    /// @param allowed reasons by type name, for the exceptions to the rule; one that is not needed is reported too
    static List<String> open(List<Class<?>> types, Map<String, String> allowed) {
        var found = new ArrayList<String>();
        for (Class<?> type : types) {
            if (isApi(type)) {
                boolean closed = isClosed(type);
                if (!closed && !allowed.containsKey(type.getName())) {
                    found.add(type.getName() + " is open: make it a sealed interface, a record, an enum, a final class"
                            + " or an exception, or call it ...Source, ...Probe, ...Hook, ...Facts"
                            + " if users shall implement it");
                } else if (closed && allowed.containsKey(type.getName())) {
                    found.add(type.getName() + " is closed and needs no line in open-types.txt");
                }
            }
        }
        return found;
    }

    /// {@return one line for each public top-level type that is called like one of the JDK's}
    static List<String> clashes(List<Class<?>> types) {
        var taken = takenNames();
        var found = new ArrayList<String>();
        for (Class<?> type : types) {
            String there = taken.get(type.getSimpleName());
            if (isApi(type) && !type.isMemberClass() && there != null) {
                found.add(type.getName() + " has the name of " + there);
            }
        }
        return found;
    }

    static boolean isApi(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getDeclaringClass()) {
            if ((c.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isClosed(Class<?> type) {
        return type.isAnnotation() || type.isEnum() || type.isRecord() || type.isSealed()
                || Modifier.isFinal(type.getModifiers()) || Throwable.class.isAssignableFrom(type)
                || type.isInterface() && (isFunctional(type) || FOR_USERS.matcher(type.getSimpleName()).matches());
    }

    private static boolean isFunctional(Class<?> type) {
        Set<String> ofObject = Set.of("equals", "hashCode", "toString");
        return Arrays.stream(type.getMethods())
                .filter(m -> Modifier.isAbstract(m.getModifiers()) && !ofObject.contains(m.getName()))
                .map(Method::getName).distinct().count() == 1;
    }

    private static Map<String, String> takenNames() {
        var taken = new HashMap<String, String>();
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", "java.base");
        for (String packageName : TAKEN_PACKAGES) {
            try (Stream<Path> files = Files.list(base.resolve(packageName.replace('.', '/')))) {
                for (Path file : files.toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.endsWith(".class") && !name.contains("$") && !name.contains("-info")) {
                        String simple = name.substring(0, name.length() - ".class".length());
                        if (Modifier.isPublic(Class.forName(packageName + "." + simple, false, null).getModifiers())) {
                            taken.put(simple, packageName + "." + simple);
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        return taken;
    }
}
