package dev.millrace.verify.jcstress;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/// One change of a compiled class of the library: a weaker access in the place of one that it has.
sealed interface Edit {
    /// Any method of the class.
    String ANY = "*";

    /// The class, by its binary name.
    String owner();

    /// The field is not volatile any more. Its handle's accesses keep their modes.
    record Plain(String owner, String field) implements Edit {}

    /// An edit of calls of a `VarHandle` within one method.
    sealed interface OfCalls extends Edit {
        /// The name of the method; all that are called so.
        String method();

        /// Writes what stands for `call`, in `code`; false when it is none that this edit changes.
        boolean replace(InvokeInstruction call, CodeBuilder code);

        default boolean isIn(String name) {
            return method().equals(ANY) || method().equals(name);
        }
    }

    /// The access `from` has become `to`, which takes and answers the same.
    record Mode(String owner, String method, String from, String to) implements OfCalls {
        @Override
        public boolean replace(InvokeInstruction call, CodeBuilder code) {
            if (!isHandleCall(call, from)) {
                return false;
            }
            code.invokevirtual(HANDLE, to, call.typeSymbol());
            return true;
        }
    }

    /// The fence `name` is not there.
    record NoFence(String owner, String method, String name) implements OfCalls {
        @Override
        public boolean replace(InvokeInstruction call, CodeBuilder code) {
            return isHandleCall(call, name);
        }
    }

    /// A compare-and-set has become a read, a comparison and a write: an acquire read and a release write, or plain ones.
    record TwoSteps(String owner, String method, boolean plain) implements OfCalls {
        TwoSteps(String owner, String method) {
            this(owner, method, false);
        }

        @Override
        public boolean replace(InvokeInstruction call, CodeBuilder code) {
            if (!isHandleCall(call, "compareAndSet")) {
                return false;
            }
            MethodTypeDesc type = call.typeSymbol();
            ClassDesc object = type.parameterType(0);
            ClassDesc value = type.parameterType(2);
            TypeKind kind = TypeKind.from(value);
            int next = code.allocateLocal(kind);
            int expected = code.allocateLocal(kind);
            int on = code.allocateLocal(TypeKind.REFERENCE);
            int handle = code.allocateLocal(TypeKind.REFERENCE);
            code.storeLocal(kind, next).storeLocal(kind, expected).astore(on).astore(handle);
            ClassDesc read = value.isPrimitive() ? value : ConstantDescs.CD_Object;
            code.aload(handle).aload(on).invokevirtual(HANDLE, plain ? "get" : "getAcquire",
                    MethodTypeDesc.of(read, object));
            code.loadLocal(kind, expected);
            Label differs = code.newLabel();
            Label end = code.newLabel();
            switch (kind) {
                case REFERENCE -> code.if_acmpne(differs);
                case LONG -> code.lcmp().ifne(differs);
                default -> code.if_icmpne(differs);
            }
            code.aload(handle).aload(on).loadLocal(kind, next);
            code.invokevirtual(
                    HANDLE, plain ? "set" : "setRelease", MethodTypeDesc.of(ConstantDescs.CD_void, object, value));
            code.iconst_1().goto_(end).labelBinding(differs).iconst_0().labelBinding(end);
            return true;
        }
    }

    /// An exchange has become an acquire read and a release write.
    record TwoStepExchange(String owner, String method) implements OfCalls {
        @Override
        public boolean replace(InvokeInstruction call, CodeBuilder code) {
            if (!isHandleCall(call, "getAndSet")) {
                return false;
            }
            MethodTypeDesc type = call.typeSymbol();
            ClassDesc object = type.parameterType(0);
            ClassDesc value = type.parameterType(1);
            TypeKind kind = TypeKind.from(value);
            int next = code.allocateLocal(kind);
            int on = code.allocateLocal(TypeKind.REFERENCE);
            int handle = code.allocateLocal(TypeKind.REFERENCE);
            code.storeLocal(kind, next).astore(on).astore(handle);
            code.aload(handle).aload(on);
            code.invokevirtual(HANDLE, "getAcquire", MethodTypeDesc.of(type.returnType(), object));
            code.aload(handle).aload(on).loadLocal(kind, next);
            code.invokevirtual(HANDLE, "setRelease", MethodTypeDesc.of(ConstantDescs.CD_void, object, value));
            return true;
        }
    }

    /// An exchange for null is made only when an acquire read finds something: whoever looks is no fence any more.
    record LookFirst(String owner, String method) implements OfCalls {
        @Override
        public boolean replace(InvokeInstruction call, CodeBuilder code) {
            if (!isHandleCall(call, "getAndSet")) {
                return false;
            }
            MethodTypeDesc type = call.typeSymbol();
            int next = code.allocateLocal(TypeKind.REFERENCE);
            int on = code.allocateLocal(TypeKind.REFERENCE);
            int handle = code.allocateLocal(TypeKind.REFERENCE);
            code.astore(next).astore(on).astore(handle);
            Label end = code.newLabel();
            code.aload(handle).aload(on);
            code.invokevirtual(HANDLE, "getAcquire", MethodTypeDesc.of(type.returnType(), type.parameterType(0)));
            code.dup().ifnull(end).pop();
            code.aload(handle).aload(on).aload(next).invokevirtual(HANDLE, "getAndSet", type);
            code.labelBinding(end);
            return true;
        }
    }

    ClassDesc HANDLE = ClassDesc.of("java.lang.invoke.VarHandle");

    private static boolean isHandleCall(InvokeInstruction call, String name) {
        return call.name().equalsString(name) && call.owner().asSymbol().equals(HANDLE);
    }

    /// Whether `model` is the class that this is about.
    default boolean isOf(ClassModel model) {
        return model.thisClass().asInternalName().replace('/', '.').equals(owner());
    }
}
