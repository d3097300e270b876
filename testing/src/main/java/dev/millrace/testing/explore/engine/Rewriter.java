package dev.millrace.testing.explore.engine;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Superclass;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Changes one class: its instructions by [CodeRewriter]; around the bodies of synchronized methods, static initialisers and
/// `run` of threads, a frame.
final class Rewriter {
    static final ClassDesc HOOKS = ClassDesc.of(Hooks.class.getName());
    private static final ClassDesc CALLS = ClassDesc.of(Calls.class.getName());
    private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
    private static final MethodTypeDesc OF_OBJECT = MethodTypeDesc.of(CD_void, CD_Object);
    private static final MethodTypeDesc OF_SITE = MethodTypeDesc.of(CD_void, CD_int);
    private static final MethodTypeDesc OF_THREAD = MethodTypeDesc.of(CD_void, THREAD);
    private static final MethodTypeDesc OF_THREAD_AND_FAILURE = MethodTypeDesc.of(CD_void, THREAD, CD_Throwable);

    private final Catalog catalog;
    private final Hierarchy hierarchy;
    private final Settings settings;
    private final Renewal renewal;
    private final ClassFile classFile;

    Rewriter(Catalog catalog, Hierarchy hierarchy, Settings settings, Renewal renewal) {
        this.renewal = renewal;
        this.catalog = catalog;
        this.hierarchy = hierarchy;
        this.settings = settings;
        classFile = ClassFile.of(
                ClassFile.ClassHierarchyResolverOption.of(hierarchy.resolver()),
                ClassFile.DeadCodeOption.PATCH_DEAD_CODE);
    }

    /// The changed class, null when there is none of that name.
    byte @Nullable [] rewritten(String internalName) {
        byte[] bytes = hierarchy.bytes(internalName);
        if (bytes == null) {
            return null;
        }
        ClassModel model = classFile.parse(bytes);
        var bridges = new Bridges(model);
        boolean renews = renewal.renews(internalName);
        var planter = new Planter(settings.planting(), internalName.replace('/', '.'));
        return classFile.transformClass(model, new ClassTransform() {
            @Override
            public void accept(ClassBuilder builder, ClassElement element) {
                switch (element) {
                    case MethodModel method -> change(builder, model, method, bridges, planter, renews);
                    case FieldModel field when renews -> Renewal.field(builder, field);
                    case Superclass s -> {
                        ClassDesc other = Redirects.SUBSTITUTES.get(s.superclassEntry().asInternalName());
                        if (other == null) {
                            builder.with(element);
                        } else {
                            builder.withSuperclass(other);
                        }
                    }
                    default -> builder.with(element);
                }
            }

            @Override
            public void atEnd(ClassBuilder builder) {
                bridges.make(builder, name -> code(model, name, bridges, planter, null));
                if (renews) {
                    renewal.make(builder, model);
                }
            }
        });
    }

    private CodeTransform code(
            ClassModel model, String method, Bridges bridges, Planter planter, @Nullable CodeModel code) {
        String owner = model.thisClass().asInternalName();
        return new CodeRewriter(
                catalog, hierarchy, renewal, owner, model.superclass().map(s -> s.asInternalName()).orElse(""), method,
                this::isCoarse, isScarce(owner.replace('/', '.')), bridges, planter,
                settings.planting() instanceof Mutation m && m.kind() == Mutation.Kind.UNLOCKED,
                code == null ? Set.of() : catchingAll(code));
    }

    /// Where what ends a strand could be caught. Not a handler that lies in what it guards itself, such as that of a `synchronized` block: what it throws it would catch again.
    private static Set<Label> catchingAll(CodeModel code) {
        var labels = new HashSet<Label>();
        var own = new HashSet<Label>();
        for (ExceptionCatch handler : code.exceptionHandlers()) {
            String type = handler.catchType().map(t -> t.asInternalName()).orElse("java/lang/Throwable");
            if (type.equals("java/lang/Throwable") || type.equals("java/lang/Error")) {
                labels.add(handler.handler());
            }
            if (code instanceof CodeAttribute bytes) {
                int at = bytes.labelToBci(handler.handler());
                if (at >= bytes.labelToBci(handler.tryStart()) && at < bytes.labelToBci(handler.tryEnd())) {
                    own.add(handler.handler());
                }
            }
        }
        labels.removeAll(own);
        return labels;
    }

    private boolean isCoarse(String className) {
        return settings.coarse().stream().anyMatch(className::startsWith);
    }

    /// The library, explored whole: nothing there may rely on memory that it does not have. In other code only its own `new` fails.
    private boolean isScarce(String className) {
        return settings.sweep() == Settings.Sweep.ALLOCATION && !isCoarse(className)
                && Settings.LIBRARY.stream().anyMatch(className::startsWith);
    }

    private void change(
            ClassBuilder builder, ClassModel model, MethodModel method, Bridges bridges, Planter planter,
            boolean renews) {
        String name = method.methodName().stringValue();
        boolean isStatic = method.flags().has(AccessFlag.STATIC);
        boolean isSynchronized = method.flags().has(AccessFlag.SYNCHRONIZED);
        String owner = model.thisClass().asInternalName();
        MethodTransform changed = (mb, me) -> {
            switch (me) {
                case AccessFlags flags -> mb.withFlags(flags.flagsMask() & ~ClassFile.ACC_SYNCHRONIZED);
                case CodeModel code -> {
                    CodeTransform inner = code(model, name, bridges, planter, code);
                    ClassDesc self = model.thisClass().asSymbol();
                    if (renews && name.equals("<clinit>")) {
                        inner = inner.andThen(Renewal.cleared(model));
                    } else if (name.equals("<clinit>")) {
                        inner = inner.andThen(around(
                                cb -> cb.invokestatic(HOOKS, "quiet", MTD_void),
                                cb -> cb.invokestatic(HOOKS, "loud", MTD_void)));
                    } else if (isSynchronized) {
                        String ownerName = owner.replace('/', '.');
                        int entry = catalog.site(ownerName, name, 0, "enters the monitor", 0, isCoarse(ownerName));
                        inner = inner.andThen(around(
                                cb -> {
                                    cb.loadConstant(entry).invokestatic(HOOKS, "at", OF_SITE);
                                    monitor(cb, self, isStatic, "monitorEnter");
                                },
                                cb -> monitor(cb, self, isStatic, "monitorExit")));
                    } else if (name.equals("run") && method.methodTypeSymbol().equals(MTD_void) && !isStatic
                            && hierarchy.extendsClass(owner, "java/lang/Thread")) {
                        inner = inner.andThen(body());
                    }
                    if (renews && Renewal.isEntry(method)) {
                        inner = inner.andThen(Renewal.touched(self));
                    }
                    mb.transformCode(code, inner);
                }
                default -> mb.with(me);
            }
        };
        if (renews && name.equals("<clinit>")) {
            builder.withMethod(Renewal.initialiser(), MTD_void, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
                    mb -> method.forEach(e -> {
                        if (!(e instanceof AccessFlags)) {
                            changed.accept(mb, e);
                        }
                    }));
        } else {
            builder.transformMethod(method, changed);
        }
    }

    private static void monitor(CodeBuilder cb, ClassDesc self, boolean isStatic, String hook) {
        if (isStatic) {
            cb.loadConstant(self);
        } else {
            cb.aload(0);
        }
        cb.invokestatic(CALLS, hook, OF_OBJECT);
    }

    private interface Part {
        void emit(CodeBuilder cb);
    }

    /// `before` at the start, `after` at each return, `failed` where something is thrown that nothing within catches.
    private static CodeTransform frame(Part before, Part after, Part failed) {
        return new CodeTransform() {
            private @Nullable Label start;

            @Override
            public void atStart(CodeBuilder cb) {
                before.emit(cb);
                start = cb.newBoundLabel();
            }

            @Override
            public void accept(CodeBuilder cb, CodeElement element) {
                if (element instanceof ReturnInstruction) {
                    after.emit(cb);
                }
                cb.with(element);
            }

            @Override
            public void atEnd(CodeBuilder cb) {
                Label handler = cb.newBoundLabel();
                failed.emit(cb);
                if (start != null) {
                    cb.exceptionCatchAll(start, handler, handler);
                }
            }
        };
    }

    private static CodeTransform around(Part before, Part after) {
        return frame(before, after, cb -> {
            after.emit(cb);
            cb.athrow();
        });
    }

    /// The body of a thread: waits for the baton first; what leaves it is kept.
    private static CodeTransform body() {
        return frame(
                cb -> cb.aload(0).invokestatic(CALLS, "begin", OF_THREAD),
                cb -> cb.aload(0).aconst_null().invokestatic(CALLS, "end", OF_THREAD_AND_FAILURE),
                cb -> cb.aload(0).swap().invokestatic(CALLS, "end", OF_THREAD_AND_FAILURE).return_());
    }
}
