package dev.millrace.verify.items;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// What a source file says about items: read by the compiler's own parser, so that a comment or a text is not taken for an annotation.
final class Claims {
    /// What JUnit runs as a test.
    private static final Set<String> TESTS =
            Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Explore");

    /// A method that names an item.
    ///
    /// @param test the method with its class: `MutexTest#lock_twice_waits`
    /// @param problem why it proves nothing; empty when it is a test that the build runs
    record Claim(String id, String test, String problem) {}

    private Claims() {}

    /// {@return the claims of a source file, in its order}
    ///
    /// @param name of the file, for the compiler
    static List<Claim> in(String name, String source) {
        if (!source.contains("Item(")) {
            return List.of(); // most files: not parsed
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        var task = (JavacTask) compiler.getTask(
                null, null, _ -> {}, List.of("-proc:none"), null, List.of(new Text(name, source)));
        var reader = new Reader();
        try {
            task.parse().forEach(unit -> reader.scan(unit, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return reader.claims;
    }

    private static final class Reader extends TreeScanner<Void, Void> {
        final List<Claim> claims = new ArrayList<>();
        private final Deque<ClassTree> within = new ArrayDeque<>();

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            within.addLast(type);
            claim(type.getModifiers(), named(), "is no method");
            super.visitClass(type, nothing);
            within.removeLast();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            Set<String> own = names(method.getModifiers());
            String problem = "";
            if (own.stream().noneMatch(TESTS::contains)) {
                problem = "is no test";
            }
            for (Set<String> annotations : all(own)) {
                for (String one : annotations) {
                    if (one.startsWith("Disabled")) {
                        problem = "is disabled";
                    } else if (one.startsWith("EnabledIf")) {
                        problem = "does not run in every build";
                    }
                }
            }
            claim(method.getModifiers(), named() + "#" + method.getName(), problem);
            return super.visitMethod(method, nothing);
        }

        private List<Set<String>> all(Set<String> own) {
            var all = new ArrayList<Set<String>>();
            all.add(own);
            within.forEach(type -> all.add(names(type.getModifiers())));
            return all;
        }

        private String named() {
            return within.stream().map(type -> type.getSimpleName().toString()).collect(Collectors.joining("."));
        }

        private void claim(ModifiersTree modifiers, String where, String problem) {
            for (AnnotationTree annotation : modifiers.getAnnotations()) {
                if (simple(annotation).equals("Item")) {
                    var ids = new ArrayList<String>();
                    annotation.getArguments().forEach(argument -> literals(argument, ids));
                    ids.forEach(id -> claims.add(new Claim(id, where, problem)));
                }
            }
        }

        private static void literals(ExpressionTree argument, List<String> ids) {
            switch (argument) {
                case AssignmentTree named -> literals(named.getExpression(), ids);
                case NewArrayTree several -> several.getInitializers().forEach(one -> literals(one, ids));
                case LiteralTree one -> ids.add(String.valueOf(one.getValue()));
                default -> throw new IllegalArgumentException("an item's id is a string literal: " + argument);
            }
        }

        private static Set<String> names(ModifiersTree modifiers) {
            var names = new TreeSet<String>();
            modifiers.getAnnotations().forEach(annotation -> names.add(simple(annotation)));
            return names;
        }

        private static String simple(AnnotationTree annotation) {
            String type = annotation.getAnnotationType().toString();
            return type.substring(type.lastIndexOf('.') + 1);
        }
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        Text(String name, String source) {
            super(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreErrors) {
            return source;
        }
    }
}
