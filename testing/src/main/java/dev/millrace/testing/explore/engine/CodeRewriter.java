package dev.millrace.testing.explore.engine;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Changes the instructions of one method: an announcement before each act on something that others may see; another method in
/// place of each call that waits.
///
/// In a constructor `this` is no object yet before `super(…)`, and may not be shown to anybody: what is done to it then is not announced.
final class CodeRewriter implements CodeTransform {
    private static final ClassDesc HOOKS = Rewriter.HOOKS;
    private static final ClassDesc CALLS = ClassDesc.of(Calls.class.getName());
    private static final ClassDesc VAR_HANDLE = ClassDesc.of("java.lang.invoke.VarHandle");
    private static final ClassDesc RUNNABLE = ClassDesc.of("java.lang.Runnable");
    private static final MethodTypeDesc SITE = MethodTypeDesc.of(CD_void, CD_int);
    private static final MethodTypeDesc OBJECT_SITE = MethodTypeDesc.of(CD_void, CD_Object, CD_int);
    private static final MethodTypeDesc OBJECT_INDEX_SITE = MethodTypeDesc.of(CD_void, CD_Object, CD_int, CD_int);
    private static final MethodTypeDesc HANDLE_SITE =
            MethodTypeDesc.of(CD_void, VAR_HANDLE, CD_Object, CD_int, CD_int);

    private final Catalog catalog;
    private final Hierarchy hierarchy;
    private final Renewal renewal;
    private final String owner; // internal
    private final String superName;
    private final String ownerName; // as in Java
    private final String method;
    private final Predicate<String> inOneStep;
    private final boolean coarse;
    private final boolean scarce; // whether also what the JDK makes for this code may find no memory
    private final Bridges bridges;
    private final Planter planter;
    private final boolean skips; // some lock, perhaps of another class, is not taken
    private final Freshness freshness;
    private final Set<Label> handlers; // those that catch everything
    private int line;
    private boolean isObject; // whether `this` is one by now
    private int begun; // objects of which `new` was seen, and the constructor not yet

    CodeRewriter(
            Catalog catalog, Hierarchy hierarchy, Renewal renewal, String owner, String superName, String method,
            Predicate<String> inOneStep, boolean scarce, Bridges bridges, Planter planter, boolean skips,
            Set<Label> handlers) {
        this.handlers = handlers;
        this.scarce = scarce;
        this.catalog = catalog;
        this.hierarchy = hierarchy;
        this.renewal = renewal;
        this.owner = owner;
        this.superName = superName;
        this.ownerName = owner.replace('/', '.');
        this.method = method;
        this.inOneStep = inOneStep;
        this.coarse = inOneStep.test(ownerName);
        this.bridges = bridges;
        this.planter = planter;
        this.skips = skips;
        this.freshness = new Freshness(hierarchy);
        this.isObject = !method.equals("<init>");
    }

    @Override
    public void accept(CodeBuilder cb, CodeElement element) {
        change(cb, element);
        freshness.follow(element);
    }

    private void change(CodeBuilder cb, CodeElement element) {
        switch (element) {
            case BranchInstruction branch -> branch(cb, branch);
            case LineNumber number -> {
                line = number.line();
                cb.with(number);
            }
            case LabelTarget target -> {
                cb.with(target);
                if (handlers.contains(target.label())) {
                    cb.dup().invokestatic(HOOKS, "caught", MethodTypeDesc.of(CD_void, CD_Throwable));
                }
            }
            case FieldInstruction f -> field(cb, f);
            case ArrayLoadInstruction load -> {
                if (!coarse) {
                    int site = site("reads an element of ", elements(load.typeKind()));
                    cb.dup2().loadConstant(site).invokestatic(HOOKS, "arrayRead", OBJECT_INDEX_SITE);
                }
                cb.with(load);
            }
            case ArrayStoreInstruction store -> arrayStore(cb, store);
            case InvokeInstruction call -> invoke(cb, call);
            case InvokeDynamicInstruction indy -> dynamic(cb, indy);
            case MonitorInstruction m -> {
                boolean enters = m.opcode() == Opcode.MONITORENTER;
                mark(cb, enters ? "synchronized" : "end of synchronized");
                cb.invokestatic(CALLS, enters ? "monitorEnter" : "monitorExit", MethodTypeDesc.of(CD_void, CD_Object));
            }
            case NewObjectInstruction made -> {
                begun++;
                allocation(cb);
                ClassDesc other = Redirects.SUBSTITUTES.get(made.className().asInternalName());
                if (other == null) {
                    cb.with(made);
                } else {
                    cb.new_(other);
                }
            }
            case TypeCheckInstruction cast -> {
                if (cast.opcode() == Opcode.CHECKCAST && cast.type().asInternalName().equals(Copies.POOL)) {
                    cb.dup().invokestatic(Redirects.CAST_POOLS, "cast", MethodTypeDesc.of(CD_void, CD_Object));
                }
                cb.with(cast);
            }
            case NewReferenceArrayInstruction made -> {
                allocation(cb);
                cb.with(made);
            }
            case NewPrimitiveArrayInstruction made -> {
                allocation(cb);
                cb.with(made);
            }
            default -> cb.with(element);
        }
    }

    private int site(String act, String what) {
        return catalog.site(ownerName, method, line, act + what.substring(what.lastIndexOf('.') + 1),
                catalog.field(what), coarse);
    }

    private static String elements(TypeKind kind) {
        return kind == TypeKind.REFERENCE ? "array" : kind.name().toLowerCase(java.util.Locale.ROOT) + "[]";
    }

    private void allocation(CodeBuilder cb) {
        if (!method.equals("<clinit>")) {
            cb.loadConstant(catalog.site(ownerName, method, line, "makes an object", 0, coarse))
                    .invokestatic(HOOKS, "allocation", SITE);
        }
    }

    private void field(CodeBuilder cb, FieldInstruction f) {
        String name = f.name().stringValue();
        Hierarchy.FieldFacts facts = hierarchy.field(f.owner().asInternalName(), name);
        boolean isStatic = f.opcode() == Opcode.GETSTATIC || f.opcode() == Opcode.PUTSTATIC;
        boolean writes = f.opcode() == Opcode.PUTFIELD || f.opcode() == Opcode.PUTSTATIC;
        if (isStatic && !owner.equals(facts.owner()) && renewal.renews(facts.owner())) {
            Renewal.touch(cb, f.owner().asSymbol());
        }
        if (facts.isFinal() || (coarse && !facts.isVolatile()) || (!isStatic && !isObject)) {
            cb.with(f);
            return;
        }
        String what = facts.owner().replace('/', '.') + "." + name;
        int site = site(writes ? "writes " : "reads ", what);
        if (writes && renewal.isKept(facts.owner(), method, isStatic)) {
            cb.loadConstant(catalog.field(what)).invokestatic(HOOKS, "kept", SITE);
        }
        boolean plain = !facts.isVolatile()
                || (writes && planter.at(cb, Mutation.Kind.PLAIN, method, name, line, !isStatic));
        String hook = (writes ? "write" : "read") + (plain ? "" : "Volatile");
        if (isStatic) {
            cb.loadConstant(site).invokestatic(HOOKS, hook, SITE);
        } else if (!writes) {
            cb.dup().loadConstant(site).invokestatic(HOOKS, hook, OBJECT_SITE);
        } else {
            if (TypeKind.from(f.typeSymbol()).slotSize() == 1) {
                cb.dup2().pop();
            } else {
                cb.dup2_x1().pop2().dup_x2();
            }
            cb.loadConstant(site).invokestatic(HOOKS, hook, OBJECT_SITE);
        }
        cb.with(f);
    }

    private void arrayStore(CodeBuilder cb, ArrayStoreInstruction store) {
        if (!coarse) {
            int site = site("writes an element of ", elements(store.typeKind()));
            TypeKind kind = store.typeKind().asLoadable();
            int slot = cb.allocateLocal(kind);
            cb.storeLocal(kind, slot)
                    .dup2()
                    .loadConstant(site)
                    .invokestatic(HOOKS, "arrayWrite", OBJECT_INDEX_SITE)
                    .loadLocal(kind, slot);
        }
        cb.with(store);
    }

    private void invoke(CodeBuilder cb, InvokeInstruction call) {
        String of = call.owner().asInternalName();
        String name = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        if (call.opcode() == Opcode.INVOKESPECIAL) {
            special(cb, call, of, name, type);
            return;
        }
        if (scarce && Makers.mayMake(of, name, type)) {
            allocation(cb);
        }
        Refusals.called(cb, of, name);
        boolean worth = planter.isWorthLeavingOut(of, name, type);
        if (planter.at(cb, Mutation.Kind.LEFT_OUT, method, name, line, worth)) {
            PlantedCode.leaveOut(cb, call, of, name, type);
            return;
        }
        if (Planter.isLocking(of, name, type)) {
            if (planter.at(cb, Mutation.Kind.UNLOCKED, method, name, line, true)) {
                PlantedCode.lockUnlessSkipped(cb, call, type);
                return;
            }
        } else if (skips && Planter.isUnlocking(of, name, type)) {
            PlantedCode.unlockUnlessSkipped(cb, call);
            return;
        }
        Redirects.Target target = Redirects.of(of, name, type.descriptorString(), hierarchy);
        if (target != null) {
            if (Redirects.isWaiting(target.name())) {
                mark(cb, name);
            }
            Redirects.Target here = bridges.in(target);
            cb.invokestatic(here.owner(), here.name(), here.type());
        } else if (!coarse && inOneStep.test(of.replace('/', '.'))) {
            cb.loadConstant(catalog.site(ownerName, method, line, "calls " + name, 0, false))
                    .invokestatic(HOOKS, "call", SITE);
            cb.with(call);
        } else if (call.opcode() == Opcode.INVOKESTATIC) {
            cb.with(call);
            if (of.equals("java/lang/Class") && name.equals("forName")) {
                cb.dup().invokestatic(Renewal.STATICS, "found", MethodTypeDesc.of(CD_void, ConstantDescs.CD_Class));
            }
        } else if (of.equals("java/lang/invoke/VarHandle")) {
            handle(cb, call, name, type);
        } else if (of.startsWith("java/util/concurrent/atomic/")) {
            atomic(cb, call, of, name, type);
        } else if (!coarse && Contents.isOne(of)) {
            int kind = Access.ofCollection(name);
            String what = "content of " + of.substring(of.lastIndexOf('/') + 1);
            int site = catalog.site(ownerName, method, line, "calls " + name + " of a collection", catalog.field(what),
                    coarse);
            int[] slots = spill(cb, type);
            cb.dup().loadConstant(kind).loadConstant(site).invokestatic(HOOKS, "collection", OBJECT_INDEX_SITE);
            reload(cb, type, slots);
            cb.with(call);
        } else {
            cb.with(call);
        }
    }

    private void branch(CodeBuilder cb, BranchInstruction branch) {
        String read = freshness.read();
        int operands = PlantedCode.operands(branch.opcode());
        if (read == null || operands == 0) {
            cb.with(branch);
        } else if (planter.at(cb, Mutation.Kind.NEVER, method, read, line, true)) {
            PlantedCode.jumps(cb, branch, operands, false);
        } else if (planter.at(cb, Mutation.Kind.ALWAYS, method, read, line, true)) {
            PlantedCode.jumps(cb, branch, operands, true);
        } else {
            cb.with(branch);
        }
    }

    /// Notes where a thread is to wait: what replaces the call does not know.
    private void mark(CodeBuilder cb, String name) {
        cb.loadConstant(catalog.site(ownerName, method, line, "calls " + name, 0, coarse)).invokestatic(HOOKS, "at",
                SITE);
    }

    private void special(CodeBuilder cb, InvokeInstruction call, String of, String name, MethodTypeDesc type) {
        if (!name.equals("<init>")) {
            cb.with(call);
            return;
        }
        Refusals.made(cb, of);
        if (of.equals("java/lang/Thread") && type.parameterList().contains(RUNNABLE)) {
            int[] slots = spill(cb, type);
            for (int i = 0; i < slots.length; i++) {
                cb.loadLocal(TypeKind.from(type.parameterType(i)).asLoadable(), slots[i]);
                if (type.parameterType(i).equals(RUNNABLE)) {
                    cb.invokestatic(CALLS, "wrap", MethodTypeDesc.of(RUNNABLE, RUNNABLE));
                }
            }
        }
        ClassDesc other = Redirects.SUBSTITUTES.get(of);
        if (other == null) {
            cb.with(call);
        } else {
            cb.invokespecial(other, name, type);
        }
        if (begun > 0) {
            begun--;
        } else if (of.equals(owner) || of.equals(superName)) {
            isObject = true;
        }
    }

    private void handle(CodeBuilder cb, InvokeInstruction call, String name, MethodTypeDesc type) {
        int kind = Access.ofHandle(name);
        if (kind == 0 || (coarse && (kind & ~(Access.READ | Access.WRITE)) == 0)) {
            cb.with(call);
            return;
        }
        if (Planter.isAtomic(name, type) && planter.at(cb, Mutation.Kind.CHECK_THEN_SET, method, name, line, true)) {
            int reads = catalog.site(ownerName, method, line, "reads for " + name + " of ",
                    -1 - Access.READ - Access.VOLATILE, coarse);
            int writes = catalog.site(ownerName, method, line, "writes for " + name + " of ",
                    -1 - Access.WRITE - Access.VOLATILE, coarse);
            PlantedCode.apart(cb, name, type, reads, writes);
            return;
        }
        if ((name.equals("setRelease") || name.equals("setVolatile"))
                && planter.at(cb, Mutation.Kind.PLAIN, method, name, line, true)) {
            kind = Access.WRITE;
        }
        int site = catalog.site(ownerName, method, line, name + " of ", -1 - kind, coarse);
        int[] slots = spill(cb, type);
        cb.dup();
        if (slots.length > 0 && TypeKind.from(type.parameterType(0)) == TypeKind.REFERENCE) {
            cb.aload(slots[0]);
        } else {
            cb.aconst_null();
        }
        if (slots.length > 1 && type.parameterType(1).equals(CD_int)) {
            cb.iload(slots[1]);
        } else {
            cb.iconst_m1();
        }
        cb.loadConstant(site).invokestatic(HOOKS, "handle", HANDLE_SITE);
        reload(cb, type, slots);
        cb.with(call);
        if ((kind & Access.DECIDED_LATER) != 0) {
            decided(cb);
        }
    }

    private void atomic(CodeBuilder cb, InvokeInstruction call, String of, String name, MethodTypeDesc type) {
        int kind = Access.ofAtomic(name);
        if (kind == 0) {
            cb.with(call);
            return;
        }
        String simple = of.substring(of.lastIndexOf('/') + 1);
        int site = catalog.site(ownerName, method, line, name + " of an " + simple, catalog.field("value of " + simple),
                coarse);
        boolean indexed = of.endsWith("Array");
        int[] slots = spill(cb, type);
        cb.dup();
        if (indexed && slots.length > 0 && type.parameterType(0).equals(CD_int)) {
            cb.iload(slots[0]);
        } else {
            cb.iconst_m1();
        }
        cb.loadConstant(kind).loadConstant(site);
        cb.invokestatic(HOOKS, "atomic", MethodTypeDesc.of(CD_void, CD_Object, CD_int, CD_int, CD_int));
        reload(cb, type, slots);
        cb.with(call);
        if ((kind & Access.DECIDED_LATER) != 0) {
            decided(cb);
        }
    }

    private static void decided(CodeBuilder cb) {
        cb.dup().invokestatic(HOOKS, "decided", MethodTypeDesc.of(CD_void, CD_boolean));
    }

    static int[] spill(CodeBuilder cb, MethodTypeDesc type) {
        int[] slots = new int[type.parameterCount()];
        for (int i = slots.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i)).asLoadable();
            slots[i] = cb.allocateLocal(kind);
            cb.storeLocal(kind, slots[i]);
        }
        return slots;
    }

    private static void reload(CodeBuilder cb, MethodTypeDesc type, int[] slots) {
        for (int i = 0; i < slots.length; i++) {
            cb.loadLocal(TypeKind.from(type.parameterType(i)).asLoadable(), slots[i]);
        }
    }

    private boolean isAnnounced(String of) {
        return of.startsWith("java/util/concurrent/atomic/") || of.equals("java/lang/invoke/VarHandle")
                || (!coarse && Contents.isOne(of));
    }

    /// A method reference never passes an instruction of ours: its handle is changed.
    private void dynamic(CodeBuilder cb, InvokeDynamicInstruction indy) {
        if (scarce && indy.typeSymbol().parameterCount() > 0) { // a lambda that keeps something, a text that is put together
            allocation(cb);
        }
        var arguments = indy.bootstrapArgs().toArray(ConstantDesc[]::new);
        boolean changed = false;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof DirectMethodHandleDesc handle) {
                DirectMethodHandleDesc other = redirected(handle);
                changed |= other != null;
                arguments[i] = other != null ? other : handle;
            }
        }
        if (changed) {
            cb.invokedynamic(DynamicCallSiteDesc.of(
                    indy.bootstrapMethod(), indy.name().stringValue(), indy.typeSymbol(), arguments));
        } else {
            cb.with(indy);
        }
    }

    private @Nullable DirectMethodHandleDesc redirected(DirectMethodHandleDesc handle) {
        String descriptor = handle.owner().descriptorString();
        String of = descriptor.substring(1, descriptor.length() - 1);
        return switch (handle.kind()) {
            case CONSTRUCTOR -> {
                ClassDesc other = Redirects.SUBSTITUTES.get(of);
                yield other == null ? null
                        : MethodHandleDesc.ofConstructor(
                                other,
                                MethodTypeDesc.ofDescriptor(handle.lookupDescriptor()).parameterArray());
            }
            case STATIC, INTERFACE_STATIC, VIRTUAL, INTERFACE_VIRTUAL -> {
                Redirects.Target target =
                        Redirects.of(of, handle.methodName(), handle.lookupDescriptor(), hierarchy);
                if (target != null) {
                    Redirects.Target here = bridges.in(target);
                    yield MethodHandleDesc.ofMethod(
                            DirectMethodHandleDesc.Kind.STATIC, here.owner(), here.name(), here.type());
                }
                boolean virtual = handle.kind() == DirectMethodHandleDesc.Kind.VIRTUAL
                        || handle.kind() == DirectMethodHandleDesc.Kind.INTERFACE_VIRTUAL;
                yield virtual && isAnnounced(of) ? bridges.to(handle) : null;
            }
            default -> null;
        };
    }
}
