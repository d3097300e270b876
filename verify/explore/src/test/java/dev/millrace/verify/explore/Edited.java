package dev.millrace.verify.explore;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// A fault that is edited into a source of the library and compiled, for those that are more than one instruction. The explorer takes the
/// classes from this loader, and rewrites what was compiled here in place of what is right.
final class Edited extends ClassLoader {
    /// One place of the source, which must be there once.
    record Edit(String from, String to) {}

    private final String what;
    private final Map<String, byte[]> classes;

    private Edited(String what, Map<String, byte[]> classes) {
        super("edited", Edited.class.getClassLoader());
        this.what = what;
        this.classes = classes;
    }

    /// Core's class `name` with the fault `what`.
    static Edited core(String what, String name, Edit... edits) {
        Path file = Path.of("").toAbsolutePath()
                .resolve("../../core/src/main/java/dev/millrace/" + name.replace('.', '/') + ".java").normalize();
        try {
            String text = Files.readString(file);
            for (Edit edit : edits) {
                int at = text.indexOf(edit.from);
                if (at < 0 || text.indexOf(edit.from, at + 1) >= 0) {
                    throw new AssertionError("\"" + what + "\": not once in " + file + ": " + edit.from);
                }
                text = text.substring(0, at) + edit.to + text.substring(at + edit.from.length());
            }
            return new Edited(what, compiled("dev.millrace." + name, text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, byte[]> compiled(String name, String text) throws IOException {
        var source = new SimpleJavaFileObject(
                URI.create("string:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (var out = new Memory(compiler.getStandardFileManager(null, null, null))) {
            var options = List.of("-proc:none", "-nowarn", "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
            if (!compiler.getTask(messages, out, null, options, null, List.of(source)).call()) {
                throw new AssertionError("the edited source does not compile: " + messages);
            }
            var classes = new HashMap<String, byte[]>();
            out.written.forEach((of, bytes) -> classes.put(of.replace('.', '/') + ".class", bytes.toByteArray()));
            return classes;
        }
    }

    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        final Map<String, ByteArrayOutputStream> written = new HashMap<>();

        Memory(JavaFileManager others) {
            super(others);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            var bytes = new ByteArrayOutputStream();
            written.put(className, bytes);
            return new SimpleJavaFileObject(URI.create("mem:///" + className.replace('.', '/') + ".class"), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        byte[] bytes = classes.get(name);
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }

    /// The class of the test as this loader has it: the explorer asks it for all others.
    Class<?> own(Class<?> test) {
        String name = test.getName();
        try (InputStream in = super.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new AssertionError(name + " cannot be read");
            }
            byte[] bytes = in.readAllBytes();
            Class<?> mine = findLoadedClass(name);
            return mine == null ? defineClass(name, bytes, 0, bytes.length) : mine;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return what;
    }
}
