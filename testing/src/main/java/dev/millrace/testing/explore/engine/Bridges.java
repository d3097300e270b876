package dev.millrace.testing.explore.engine;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Methods that are added to a class, so that what it does by a method reference passes an instruction that can be announced.
final class Bridges {
    private record Bridge(String name, MethodTypeDesc type, DirectMethodHandleDesc to) {}

    private final ClassModel model;
    private final boolean knowsPools;
    private final List<Bridge> bridges = new ArrayList<>();

    Bridges(ClassModel model) {
        this.model = model;
        boolean knows = false;
        for (PoolEntry entry : model.constantPool()) {
            knows |= entry instanceof ClassEntry type && type.asInternalName().equals(Copies.POOL);
        }
        knowsPools = knows;
    }

    /// What to call in place of `target` in this class.
    Redirects.Target in(Redirects.Target target) {
        return knowsPools ? Redirects.cast(target) : target;
    }

    /// In place of `handle`, a handle of a static method that does the same.
    DirectMethodHandleDesc to(DirectMethodHandleDesc handle) {
        var type = MethodTypeDesc.ofDescriptor(handle.lookupDescriptor()).insertParameterTypes(0, handle.owner());
        var bridge = new Bridge("explored$" + bridges.size(), type, handle);
        bridges.add(bridge);
        return MethodHandleDesc.ofMethod(
                model.flags().has(AccessFlag.INTERFACE)
                        ? DirectMethodHandleDesc.Kind.INTERFACE_STATIC
                        : DirectMethodHandleDesc.Kind.STATIC,
                model.thisClass().asSymbol(),
                bridge.name,
                type);
    }

    /// Adds them.
    void make(ClassBuilder builder, Function<String, CodeTransform> rewriter) {
        for (int i = 0; i < bridges.size(); i++) {
            Bridge bridge = bridges.get(i);
            boolean ofInterface = bridge.to.kind() == DirectMethodHandleDesc.Kind.INTERFACE_VIRTUAL;
            int flags = ClassFile.ACC_STATIC | ClassFile.ACC_PRIVATE | ClassFile.ACC_SYNTHETIC;
            builder.withMethodBody(
                    bridge.name,
                    bridge.type,
                    flags,
                    cb -> cb.transforming(rewriter.apply(bridge.name), raw -> {
                        for (int p = 0; p < bridge.type.parameterCount(); p++) {
                            raw.loadLocal(
                                    TypeKind.from(bridge.type.parameterType(p)).asLoadable(), raw.parameterSlot(p));
                        }
                        raw.invoke(
                                ofInterface ? Opcode.INVOKEINTERFACE : Opcode.INVOKEVIRTUAL,
                                bridge.to.owner(),
                                bridge.to.methodName(),
                                MethodTypeDesc.ofDescriptor(bridge.to.lookupDescriptor()),
                                ofInterface);
                        raw.return_(TypeKind.from(bridge.type.returnType()));
                    }));
        }
    }
}
