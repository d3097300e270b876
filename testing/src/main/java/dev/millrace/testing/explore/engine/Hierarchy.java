package dev.millrace.testing.explore.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What class files say of each other: who extends whom, which field is final. Read as resources, so that nothing is loaded.
final class Hierarchy {
    private record Type(@Nullable String superName, boolean isInterface, Map<String, FieldFacts> fields) {}

    /// @param owner the class that declares it, as an internal name
    record FieldFacts(String owner, boolean isFinal, boolean isVolatile) {}

    private static final FieldFacts UNKNOWN = new FieldFacts("?", false, false);

    private final ClassLoader parent;
    private final Map<String, @Nullable Type> types = new HashMap<>();

    Hierarchy(ClassLoader parent) {
        this.parent = parent;
    }

    /// The class, as the code under test knows it.
    byte @Nullable [] bytes(String internalName) {
        String name = Copies.isOne(internalName) ? Copies.original(internalName) : internalName;
        try (InputStream in = parent.getResourceAsStream(name + ".class")) {
            return in == null ? null : Copies.renamed(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Type type(String internalName) {
        if (types.containsKey(internalName)) {
            return types.get(internalName);
        }
        byte[] bytes = bytes(internalName);
        Type type = bytes == null ? null : read(ClassFile.of().parse(bytes));
        types.put(internalName, type);
        return type;
    }

    private static Type read(ClassModel model) {
        String owner = model.thisClass().asInternalName();
        var fields = new HashMap<String, FieldFacts>();
        for (FieldModel field : model.fields()) {
            fields.put(
                    field.fieldName().stringValue(),
                    new FieldFacts(
                            owner, field.flags().has(AccessFlag.FINAL), field.flags().has(AccessFlag.VOLATILE)));
        }
        return new Type(
                model.superclass().map(s -> s.asInternalName()).orElse(null),
                model.flags().has(AccessFlag.INTERFACE),
                fields);
    }

    /// The field `name` as seen from `owner`, declared there or above. Fields of interfaces are final, and are not looked for.
    FieldFacts field(String owner, String name) {
        String at = owner;
        while (at != null) {
            Type type = type(at);
            if (type == null) {
                return UNKNOWN;
            }
            FieldFacts facts = type.fields.get(name);
            if (facts != null) {
                return facts;
            }
            at = type.superName;
        }
        return new FieldFacts(owner, true, false);
    }

    /// What the class extends; null when that is not known, or nothing.
    @Nullable String superName(String internalName) {
        Type type = type(internalName);
        return type == null ? null : type.superName;
    }

    /// Whether the class is `ancestor` or extends it.
    boolean extendsClass(String internalName, String ancestor) {
        String at = internalName;
        while (at != null) {
            if (at.equals(ancestor)) {
                return true;
            }
            Type type = type(at);
            at = type == null ? null : type.superName;
        }
        return false;
    }

    /// For the stack maps of rewritten code.
    ClassHierarchyResolver resolver() {
        return desc -> {
            String descriptor = desc.descriptorString();
            Type type = type(descriptor.substring(1, descriptor.length() - 1));
            if (type == null) {
                return null;
            }
            String superName = type.superName;
            return type.isInterface
                    ? ClassHierarchyResolver.ClassHierarchyInfo.ofInterface()
                    : ClassHierarchyResolver.ClassHierarchyInfo.ofClass(
                            superName == null ? null : ClassDesc.ofInternalName(superName));
        };
    }
}
