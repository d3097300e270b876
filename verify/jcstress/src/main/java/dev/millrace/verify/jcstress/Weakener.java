package dev.millrace.verify.jcstress;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes the classes of a twin, made from the compiled classes of the library; so a twin is the library itself, and stays so when that changes.
final class Weakener {
    private final List<Edit> pending = new ArrayList<>();

    private Weakener(List<Edit> edits) {
        pending.addAll(edits);
    }

    /// Writes the changed classes below `to`, which goes before the library on the class path.
    static void write(List<Edit> edits, Path to) throws IOException {
        var weakener = new Weakener(edits);
        for (String owner : edits.stream().map(Edit::owner).distinct().toList()) {
            String file = owner.replace('.', '/') + ".class";
            byte[] original;
            try (InputStream in = Weakener.class.getClassLoader().getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException("no class " + owner);
                }
                original = in.readAllBytes();
            }
            Path target = to.resolve(file);
            Files.createDirectories(target.getParent());
            Files.write(target, weakener.weakened(original, edits));
        }
        if (!weakener.pending.isEmpty()) {
            throw new IllegalStateException("found nothing to change: " + weakener.pending);
        }
    }

    private byte[] weakened(byte[] original, List<Edit> edits) {
        ClassModel model = ClassFile.of().parse(original);
        List<Edit> own = edits.stream().filter(e -> e.isOf(model)).toList();
        return ClassFile.of().transformClass(model, (builder, element) -> put(builder, element, own));
    }

    private void put(ClassBuilder builder, ClassElement element, List<Edit> edits) {
        if (element instanceof FieldModel field && plain(field, edits)) {
            builder.transformField(field, (fields, e) -> {
                if (e instanceof java.lang.classfile.AccessFlags flags) {
                    fields.withFlags(flags.flagsMask() & ~AccessFlag.VOLATILE.mask());
                } else {
                    fields.with(e);
                }
            });
        } else if (element instanceof MethodModel method && method.code().isPresent()) {
            CodeTransform calls = (code, e) -> {
                if (!(e instanceof InvokeInstruction call)
                        || edits.stream().noneMatch(edit -> replaces(edit, method, call, code))) {
                    code.with(e);
                }
            };
            builder.transformMethod(method, java.lang.classfile.MethodTransform.transformingCode(calls));
        } else {
            builder.with(element);
        }
    }

    private boolean plain(FieldModel field, List<Edit> edits) {
        for (Edit edit : edits) {
            if (edit instanceof Edit.Plain plain && field.fieldName().equalsString(plain.field())
                    && field.flags().has(AccessFlag.VOLATILE)) {
                pending.remove(edit);
                return true;
            }
        }
        return false;
    }

    private boolean replaces(
            Edit edit, MethodModel method, InvokeInstruction call, java.lang.classfile.CodeBuilder code) {
        if (edit instanceof Edit.OfCalls calls && calls.isIn(method.methodName().stringValue())
                && calls.replace(call, code)) {
            pending.remove(edit);
            return true;
        }
        return false;
    }
}
