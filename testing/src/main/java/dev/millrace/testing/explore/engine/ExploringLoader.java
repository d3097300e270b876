package dev.millrace.testing.explore.engine;

import java.util.List;

/// Loads the code under test again, rewritten, and leaves to its parent what is not: the JDK, the test framework, the explorer.
final class ExploringLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final List<String> LEFT = List.of(
            "java.", "javax.", "jdk.", "sun.", "com.sun.", "org.junit.", "org.opentest4j.", "org.apiguardian.",
            "org.jspecify.", "org.assertj.", "org.hamcrest.", "dev.millrace.testing.explore.",
            "dev.millrace.testing.junit.");

    private static final String TWINS = "dev.millrace.testing.explore.twins.";

    private final List<String> left;
    private final Rewriter rewriter;

    ExploringLoader(Entry entry, Catalog catalog, Settings settings) {
        super("explorer", entry.parent());
        left = settings.left();
        Hierarchy hierarchy = new Hierarchy(entry.parent());
        rewriter = new Rewriter(catalog, hierarchy, settings, new Renewal(entry.own(), hierarchy, this::isLeft));
        setDefaultAssertionStatus(true);
        // The changed code calls ours, which its module does not export to everybody.
        Hooks.class.getModule().addExports(Hooks.class.getPackageName(), getUnnamedModule());
    }

    private boolean isLeft(String name) {
        return (!name.startsWith(TWINS) && LEFT.stream().anyMatch(name::startsWith))
                || left.stream().anyMatch(name::startsWith);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (isLeft(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = rewriter.rewritten(name.replace('.', '/'));
                loaded = bytes == null ? super.loadClass(name, false) : defineClass(name, bytes, 0, bytes.length);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }
}
