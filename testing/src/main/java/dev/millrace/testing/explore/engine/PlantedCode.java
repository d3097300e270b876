package dev.millrace.testing.explore.engine;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// The instructions that stand where a fault is planted.
final class PlantedCode {
    private static final ClassDesc PLANTED = ClassDesc.of(Planted.class.getName());
    private static final ClassDesc VAR_HANDLE = ClassDesc.of("java.lang.invoke.VarHandle");
    private static final MethodTypeDesc OF_LOCK = MethodTypeDesc.of(CD_boolean, CD_Object);

    private PlantedCode() {}

    /// As if it had been called, and had answered true, null or 1; or the list that it was to change.
    static void leaveOut(CodeBuilder cb, InvokeInstruction call, String of, String name, MethodTypeDesc type) {
        int[] slots = CodeRewriter.spill(cb, type);
        if (call.opcode() != Opcode.INVOKESTATIC) {
            cb.pop();
        }
        switch (TypeKind.from(type.returnType())) {
            case VOID -> {}
            case REFERENCE -> {
                if (Planter.changesList(of, name)) {
                    cb.aload(slots[0]);
                } else {
                    cb.aconst_null();
                }
            }
            case LONG -> cb.lconst_1();
            case DOUBLE -> cb.dconst_1();
            case FLOAT -> cb.fconst_1();
            default -> cb.iconst_1();
        }
    }

    static void lockUnlessSkipped(CodeBuilder cb, InvokeInstruction call, MethodTypeDesc type) {
        cb.dup().invokestatic(PLANTED, "skipsLock", OF_LOCK).ifThenElse(
                b -> {
                    b.pop();
                    if (type.returnType().equals(CD_boolean)) {
                        b.iconst_1();
                    }
                },
                b -> b.with(call));
    }

    static void unlockUnlessSkipped(CodeBuilder cb, InvokeInstruction call) {
        cb.dup().invokestatic(PLANTED, "skipsUnlock", OF_LOCK).ifThenElse(CodeBuilder::pop, b -> b.with(call));
    }

    /// An atomic update in pieces. On the stack: the handle and its arguments, of which the first is the object.
    static void apart(CodeBuilder cb, String name, MethodTypeDesc type, int reads, int writes) {
        int[] slots = CodeRewriter.spill(cb, type);
        boolean compares = name.startsWith("compare");
        cb.aload(slots[0]);
        for (int i = 1; i < slots.length; i++) {
            boxed(cb, type.parameterType(i), slots[i]);
        }
        if (!compares) {
            cb.loadConstant(name);
        }
        cb.loadConstant(reads).loadConstant(writes);
        cb.invokestatic(PLANTED, compares ? name : "getAndUpdate", MethodTypeDesc.of(
                name.equals("compareAndSet") ? CD_boolean : CD_Object,
                VAR_HANDLE, CD_Object, CD_Object, compares ? CD_Object : CD_String, CD_int, CD_int));
        if (!name.equals("compareAndSet")) {
            unboxed(cb, type.returnType());
        }
    }

    private static void boxed(CodeBuilder cb, ClassDesc type, int slot) {
        TypeKind kind = TypeKind.from(type);
        cb.loadLocal(kind.asLoadable(), slot);
        if (kind != TypeKind.REFERENCE) {
            ClassDesc box = box(kind);
            cb.invokestatic(box, "valueOf", MethodTypeDesc.of(box, type));
        }
    }

    private static void unboxed(CodeBuilder cb, ClassDesc type) {
        TypeKind kind = TypeKind.from(type);
        switch (kind) {
            case VOID -> cb.pop();
            case REFERENCE -> {
                if (!type.equals(CD_Object)) {
                    cb.checkcast(type);
                }
            }
            default -> {
                ClassDesc box = box(kind);
                String method = type.displayName() + "Value";
                cb.checkcast(box).invokevirtual(box, method, MethodTypeDesc.of(type));
            }
        }
    }

    private static ClassDesc box(TypeKind kind) {
        return ClassDesc.of(switch (kind) {
            case INT -> "java.lang.Integer";
            case LONG -> "java.lang.Long";
            case BOOLEAN -> "java.lang.Boolean";
            case BYTE -> "java.lang.Byte";
            default -> throw new IllegalArgumentException("a handle of " + kind);
        });
    }

    /// How many values a jump looks at; 0 when it looks at none.
    static int operands(Opcode jump) {
        return switch (jump) {
            case IFEQ, IFNE, IFLT, IFGE, IFGT, IFLE, IFNULL, IFNONNULL -> 1;
            case IF_ICMPEQ, IF_ICMPNE, IF_ICMPLT, IF_ICMPGE, IF_ICMPGT, IF_ICMPLE, IF_ACMPEQ, IF_ACMPNE -> 2;
            default -> 0;
        };
    }

    /// Jumps always or never, whatever the operands are. Nothing becomes unreachable, so far as the verifier knows.
    static void jumps(CodeBuilder cb, BranchInstruction branch, int operands, boolean always) {
        if (operands == 2) {
            cb.pop2();
        } else {
            cb.pop();
        }
        cb.loadConstant(always ? 0 : 1).ifeq(branch.target());
    }
}
