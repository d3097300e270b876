package dev.millrace.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds the compiled modules that stand on the class path of a test, as directories or as jars.
public final class Modules {
    /// A module as compiled.
    ///
    /// @param descriptor what its `module-info` says
    /// @param location its jar or directory
    /// @param classNames the binary names of its classes, sorted
    public record Compiled(ModuleDescriptor descriptor, Path location, List<String> classNames) {
        /// {@return the packages that everybody may use}
        public Set<String> exportedPackages() {
            return descriptor.exports().stream().filter(e -> !e.isQualified()).map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toUnmodifiableSet());
        }

        /// {@return the classes of the exported packages, loaded but not initialised, without anonymous and local ones}
        public List<Class<?>> exportedClasses() {
            var exported = exportedPackages();
            var classes = new ArrayList<Class<?>>();
            for (String name : classNames) {
                if (exported.contains(name.substring(0, Math.max(0, name.lastIndexOf('.'))))) {
                    Class<?> type = load(name);
                    if (!type.isAnonymousClass() && !type.isLocalClass() && !type.isSynthetic()) {
                        classes.add(type);
                    }
                }
            }
            return classes;
        }

        private static Class<?> load(String name) {
            try {
                return Class.forName(name, false, Compiled.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Modules() {}

    /// {@return the modules on the class path whose name is `name` or starts with `name.`, sorted by name}
    ///
    /// @param name such as `dev.millrace`
    public static List<Compiled> named(String name) {
        try {
            var found = new ArrayList<Compiled>();
            for (URL url : Collections.list(Modules.class.getClassLoader().getResources("module-info.class"))) {
                ModuleDescriptor descriptor;
                try (InputStream in = url.openStream()) {
                    descriptor = ModuleDescriptor.read(in);
                }
                if (descriptor.name().equals(name) || descriptor.name().startsWith(name + ".")) {
                    found.add(compiled(descriptor, url));
                }
            }
            found.sort(Comparator.comparing(m -> m.descriptor().name()));
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Compiled compiled(ModuleDescriptor descriptor, URL moduleInfo) throws IOException {
        String text = moduleInfo.toString();
        if (text.startsWith("jar:")) {
            Path jar = Path.of(URI.create(text.substring("jar:".length(), text.lastIndexOf("!/"))));
            try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
                return new Compiled(descriptor, jar, classNames(files.getPath("/")));
            }
        }
        Path parent = Path.of(URI.create(text)).getParent();
        if (parent == null) {
            throw new IllegalStateException("no directory around " + text);
        }
        return new Compiled(descriptor, parent, classNames(parent));
    }

    private static List<String> classNames(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(f -> root.relativize(f).toString()).filter(f -> f.endsWith(".class"))
                    .filter(f -> !f.startsWith("META-INF"))
                    .map(f -> f.substring(0, f.length() - ".class".length()).replace('/', '.').replace('\\', '.'))
                    .filter(n -> !n.endsWith("module-info") && !n.endsWith("package-info")).sorted().toList();
        }
    }
}
