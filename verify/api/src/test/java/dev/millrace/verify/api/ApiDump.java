package dev.millrace.verify.api;

import dev.millrace.verify.Modules;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What users of a module can see, as sorted text: types, members, generics, nullness, exceptions.
final class ApiDump {
    private ApiDump() {}

    static String of(Modules.Compiled module) {
        var out = new StringBuilder(4096);
        descriptor(module.descriptor(), out);
        module.exportedClasses().stream().filter(ApiDump::isVisible).sorted(Comparator.comparing(Class::getName))
                .forEach(type -> out.append('\n').append(of(type)));
        return out.toString();
    }

    static String of(Class<?> type) {
        var out = new StringBuilder(512);
        out.append(header(type)).append('\n');
        var members = new ArrayList<String>();
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(type, field.getModifiers()) && !field.isSynthetic()) {
                members.add(annotations(field) + modifiers(field.getModifiers(), Modifier.fieldModifiers())
                        + text(field.getAnnotatedType()) + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible(type, constructor.getModifiers()) && !constructor.isSynthetic()) {
                members.add(annotations(constructor)
                        + modifiers(constructor.getModifiers(), Modifier.constructorModifiers())
                        + typeParameters(constructor.getTypeParameters()) + "<init>" + parameters(constructor)
                        + exceptions(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible(type, method.getModifiers()) && !method.isSynthetic()) {
                members.add(annotations(method) + (method.isDefault() ? "default " : "")
                        + modifiers(method.getModifiers(), Modifier.methodModifiers() & ~Modifier.SYNCHRONIZED)
                        + typeParameters(method.getTypeParameters()) + text(method.getAnnotatedReturnType()) + " "
                        + method.getName() + parameters(method) + exceptions(method));
            }
        }
        members.stream().sorted().forEach(m -> out.append("    ").append(m).append('\n'));
        return out.toString();
    }

    /// {@return one line for each type in the API of `modules` that belongs to Millrace and that users cannot name}
    static List<String> leaks(List<Modules.Compiled> modules) {
        var dumps = new TreeMap<String, String>();
        var exported = new ArrayList<String>();
        for (Modules.Compiled module : modules) {
            for (Class<?> type : module.exportedClasses()) {
                if (isVisible(type)) {
                    exported.add(type.getName().replace('$', '.'));
                    dumps.put(type.getName(), of(type));
                }
            }
        }
        return leaks(dumps, exported);
    }

    static List<String> leaks(Map<String, String> dumps, List<String> exported) {
        var found = new ArrayList<String>();
        var ours = java.util.regex.Pattern.compile("\\bdev\\.millrace(?:\\.[A-Za-z0-9_$]+)+");
        dumps.forEach((type, dump) -> {
            for (String line : dump.lines().toList()) {
                // A sealed type may permit hidden ones, and a hidden supertype's methods are what counts, not its name.
                String visible = line.replaceAll(" permits .*| extends (?!.*\\().*| implements .*", "");
                ours.matcher(visible).results().map(r -> r.group().replace('$', '.'))
                        .filter(name -> !exported.contains(name)).distinct()
                        .forEach(name -> found.add(type + " shows " + name + ", which is not exported: "
                                + line.strip()));
            }
        });
        return found;
    }

    private static void descriptor(ModuleDescriptor module, StringBuilder out) {
        out.append("module ").append(module.name()).append('\n');
        var lines = new ArrayList<String>();
        module.exports().forEach(e -> lines.add("exports " + e.source()
                + (e.isQualified() ? " to " + String.join(", ", e.targets().stream().sorted().toList()) : "")));
        module.opens().forEach(o -> lines.add("opens " + o.source()
                + (o.isQualified() ? " to " + String.join(", ", o.targets().stream().sorted().toList()) : "")));
        module.requires().stream().filter(r -> !r.name().equals("java.base")).forEach(r -> lines.add("requires "
                + r.modifiers().stream().map(m -> m.name().toLowerCase(java.util.Locale.ROOT) + " ").sorted()
                        .collect(Collectors.joining())
                + r.name()));
        module.uses().forEach(u -> lines.add("uses " + u));
        module.provides().forEach(p -> lines.add("provides " + p.service() + " with "
                + String.join(", ", p.providers())));
        lines.stream().sorted().forEach(l -> out.append("    ").append(l).append('\n'));
    }

    private static boolean isVisible(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getDeclaringClass()) {
            if ((c.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0) {
                return false;
            }
        }
        return true;
    }

    /// A protected member of a type that cannot be extended is nobody's business.
    private static boolean isVisible(Class<?> owner, int modifiers) {
        return Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers) && !Modifier.isFinal(owner.getModifiers()) && !owner.isSealed();
    }

    private static String header(Class<?> type) {
        String kind = type.isAnnotation() ? "@interface"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC;
        if (kind.equals("class")) {
            shown |= Modifier.ABSTRACT | Modifier.FINAL;
        }
        var out = new StringBuilder();
        out.append(annotations(type)).append(modifiers(type.getModifiers(), shown));
        if (type.isSealed() && !type.isEnum()) {
            out.append("sealed ");
        }
        out.append(kind).append(' ').append(type.getName()).append(typeParameters(type.getTypeParameters()).strip());
        if (type.isRecord()) {
            out.append(Arrays.stream(type.getRecordComponents()).map(ApiDump::component)
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        AnnotatedType superclass = type.getAnnotatedSuperclass();
        if (superclass != null && superclass.getType() != Object.class && !type.isEnum() && !type.isRecord()) {
            out.append(" extends ").append(text(superclass));
        }
        if (type.getInterfaces().length > 0 && !type.isAnnotation()) {
            out.append(type.isInterface() ? " extends " : " implements ").append(Arrays
                    .stream(type.getAnnotatedInterfaces()).map(ApiDump::text).sorted()
                    .collect(Collectors.joining(", ")));
        }
        if (type.isSealed() && !type.isEnum()) {
            // Hidden ones only say that there are some: their names may change freely.
            Class<?>[] permitted = type.getPermittedSubclasses();
            out.append(" permits ").append(Stream
                    .concat(Arrays.stream(permitted).filter(ApiDump::isVisible).map(Class::getName).sorted(),
                            Arrays.stream(permitted).allMatch(ApiDump::isVisible) ? Stream.of() : Stream.of("(hidden)"))
                    .collect(Collectors.joining(", ")));
        }
        return out.toString();
    }

    private static String component(RecordComponent component) {
        return text(component.getAnnotatedType()) + " " + component.getName();
    }

    private static String annotations(java.lang.reflect.AnnotatedElement element) {
        return Stream.of(Deprecated.class, FunctionalInterface.class).filter(element::isAnnotationPresent)
                .map(a -> "@" + a.getSimpleName() + " ").collect(Collectors.joining());
    }

    private static String modifiers(int modifiers, int shown) {
        String text = Modifier.toString(modifiers & shown & ~Modifier.TRANSIENT & ~Modifier.VOLATILE);
        return text.isEmpty() ? "" : text + " ";
    }

    private static String typeParameters(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables).map(v -> {
            String bounds = Arrays.stream(v.getAnnotatedBounds()).map(ApiDump::text)
                    .filter(b -> !b.equals("Object")).collect(Collectors.joining(" & "));
            return v.getName() + (bounds.isEmpty() ? "" : " extends " + bounds);
        }).collect(Collectors.joining(", ", "<", "> "));
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getParameters()).map(ApiDump::parameter)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String parameter(Parameter parameter) {
        String type = text(parameter.getAnnotatedType());
        return parameter.isVarArgs() ? type.replaceAll("\\[\\]$", "...") : type;
    }

    private static String exceptions(Executable executable) {
        AnnotatedType[] types = executable.getAnnotatedExceptionTypes();
        return types.length == 0 ? ""
                : Arrays.stream(types).map(ApiDump::text).sorted()
                        .collect(Collectors.joining(", ", " throws ", ""));
    }

    private static String text(AnnotatedType type) {
        return type.toString().replaceAll("@org\\.jspecify\\.annotations\\.(\\w+)\\(\\)", "@$1")
                .replaceAll("@com\\.google\\.errorprone\\.annotations\\.[\\w.]+\\([^)]*\\) ", "")
                .replaceAll("\\bjava\\.lang\\.(?=[@A-Z])", "");
    }
}
