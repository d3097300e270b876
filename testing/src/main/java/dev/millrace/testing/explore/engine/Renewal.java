package dev.millrace.testing.explore.engine;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_Throwable;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Has the static fields of the program's own classes initialised anew in each schedule: what is kept there by one must not decide what another does.
///
/// In such a class the static initialiser becomes a method, `explored$clinit`; a new one does no more than to make the [Statics]. Before its static methods, its constructors and, in other classes, accesses to its static
/// fields there is a call of `explored$touch`, which initialises what is not yet in this schedule: so it is done when the JVM would, had it just been started. Enums and interfaces stay as
/// they are: the JDK remembers the constants of the one, fields of the other must be final.
final class Renewal {
    static final String TOUCH = "explored$touch";
    private static final String INITIALISER = "explored$clinit";
    private static final String FIELD = "explored$statics";
    private static final String TWINS = "dev/millrace/testing/explore/twins/";
    static final ClassDesc STATICS = ClassDesc.of(Statics.class.getName());

    /// Final fields of these types always say the same, or may as well.
    private static final Set<String> UNCHANGING = Set.of("java/lang/String", "java/lang/Integer", "java/lang/Long",
            "java/lang/Boolean", "java/lang/Class", "java/lang/invoke/VarHandle", "java/lang/invoke/MethodHandle",
            "java/time/Duration", "java/util/regex/Pattern", "java/math/BigInteger", "java/math/BigDecimal",
            "java/nio/charset/Charset", "java/util/Locale", "java/util/concurrent/TimeUnit", "java/util/UUID",
            "java/lang/System$Logger", "java/util/logging/Logger", "org/slf4j/Logger", "java/lang/ref/Cleaner");

    private final String own;
    private final Hierarchy hierarchy;
    private final Predicate<String> left;
    private final Map<String, Boolean> known = new HashMap<>();

    /// @param own how the names of the program's own classes begin; empty: they have no package
    /// @param left whether the class of that name, as in Java, is not rewritten
    Renewal(String own, Hierarchy hierarchy, Predicate<String> left) {
        this.left = left;
        this.own = own.replace('.', '/');
        this.hierarchy = hierarchy;
    }

    /// Whether the class is renewed in each schedule.
    boolean renews(String internalName) {
        Boolean is = known.get(internalName);
        if (is == null) {
            byte[] bytes = isOwn(internalName) ? hierarchy.bytes(internalName) : null;
            is = bytes != null && hasState(ClassFile.of().parse(bytes));
            known.put(internalName, is);
        }
        return is;
    }

    private boolean isOwn(String name) {
        return name.startsWith(TWINS)
                || ((own.isEmpty() ? name.indexOf('/') < 0 : name.startsWith(own))
                        && !left.test(name.replace('/', '.')));
    }

    private static boolean hasState(ClassModel model) {
        return !model.flags().has(AccessFlag.ENUM) && !model.flags().has(AccessFlag.INTERFACE)
                && model.fields().stream().anyMatch(Renewal::isState);
    }

    private static boolean isState(FieldModel field) {
        if (!isRenewed(field) || field.flags().has(AccessFlag.SYNTHETIC)) {
            return false;
        }
        String type = field.fieldType().stringValue();
        boolean unchanging = type.length() == 1
                || (type.startsWith("L") && UNCHANGING.contains(type.substring(1, type.length() - 1)));
        return !field.flags().has(AccessFlag.FINAL) || !unchanging;
    }

    /// Whether the initialiser writes it.
    private static boolean isRenewed(FieldModel field) {
        return field.flags().has(AccessFlag.STATIC) && field.findAttribute(Attributes.constantValue()).isEmpty();
    }

    /// Adds `field` to a renewed class: one that is written again cannot be final.
    static void field(ClassBuilder builder, FieldModel field) {
        if (isRenewed(field)) {
            builder.transformField(field, (fb, element) -> {
                if (element instanceof java.lang.classfile.AccessFlags flags) {
                    fb.withFlags(flags.flagsMask() & ~ClassFile.ACC_FINAL);
                } else {
                    fb.with(element);
                }
            });
        } else {
            builder.with(field);
        }
    }

    /// What a static initialiser does before all else when it is done again.
    static CodeTransform cleared(ClassModel model) {
        return atStart(cb -> clear(cb, model));
    }

    private static void clear(CodeBuilder cb, ClassModel model) {
        for (FieldModel field : model.fields()) {
            if (isRenewed(field)) {
                switch (TypeKind.from(field.fieldTypeSymbol()).asLoadable()) {
                    case LONG -> cb.lconst_0();
                    case FLOAT -> cb.fconst_0();
                    case DOUBLE -> cb.dconst_0();
                    case REFERENCE -> cb.aconst_null();
                    default -> cb.iconst_0();
                }
                cb.putstatic(
                        model.thisClass().asSymbol(), field.fieldName().stringValue(), field.fieldTypeSymbol());
            }
        }
    }

    /// How the initialiser is called in a renewed class.
    static String initialiser() {
        return INITIALISER;
    }

    /// Whether who calls `method` of a renewed class has to find it initialised.
    static boolean isEntry(MethodModel method) {
        String name = method.methodName().stringValue();
        return name.equals("<init>") || (method.flags().has(AccessFlag.STATIC) && !name.equals("<clinit>"));
    }

    /// At the start of an entry of `owner`.
    static CodeTransform touched(ClassDesc owner) {
        return atStart(cb -> touch(cb, owner));
    }

    /// Emits a call that initialises `owner`, if that is to be done.
    static void touch(CodeBuilder cb, ClassDesc owner) {
        cb.invokestatic(owner, TOUCH, MTD_void);
    }

    private static CodeTransform atStart(Consumer<CodeBuilder> emitted) {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder cb) {
                emitted.accept(cb);
            }

            @Override
            public void accept(CodeBuilder cb, CodeElement element) {
                cb.with(element);
            }
        };
    }

    /// Adds what all renewed classes have.
    void make(ClassBuilder builder, ClassModel model) {
        ClassDesc self = model.thisClass().asSymbol();
        builder.withField(
                FIELD, STATICS,
                ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC);
        builder.withMethodBody("<clinit>", MTD_void, ClassFile.ACC_STATIC, cb -> cb.new_(STATICS).dup()
                .loadConstant(model.thisClass().asInternalName().replace('/', '.'))
                .invokespecial(STATICS, "<init>", MethodTypeDesc.of(CD_void, CD_String))
                .putstatic(self, FIELD, STATICS).return_());
        if (model.methods().stream().noneMatch(m -> m.methodName().equalsString("<clinit>"))) {
            builder.withMethodBody(INITIALISER, MTD_void, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC, cb -> {
                clear(cb, model);
                cb.return_();
            });
        }
        ClassDesc above = renewedAbove(model);
        builder.withMethodBody(TOUCH, MTD_void,
                ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC, cb -> {
                    Label done = cb.newLabel();
                    cb.getstatic(self, FIELD, STATICS)
                            .invokevirtual(STATICS, "begins", MethodTypeDesc.of(CD_boolean)).ifeq(done);
                    Label start = cb.newBoundLabel();
                    if (above != null) {
                        touch(cb, above);
                    }
                    cb.invokestatic(self, INITIALISER, MTD_void);
                    Label end = cb.newBoundLabel();
                    ended(cb.aconst_null(), self);
                    cb.labelBinding(done).return_();
                    Label handler = cb.newBoundLabel();
                    ended(cb, self);
                    cb.return_();
                    cb.exceptionCatchAll(start, end, handler);
                });
    }

    /// With what was thrown, or null, on the stack.
    private static void ended(CodeBuilder cb, ClassDesc self) {
        cb.getstatic(self, FIELD, STATICS).swap()
                .invokevirtual(STATICS, "ended", MethodTypeDesc.of(CD_void, CD_Throwable));
    }

    private @Nullable ClassDesc renewedAbove(ClassModel model) {
        String at = model.superclass().map(s -> s.asInternalName()).orElse(null);
        while (at != null && !renews(at)) {
            at = hierarchy.superName(at);
        }
        return at == null ? null : ClassDesc.ofInternalName(at);
    }

    /// The fields that keep what a schedule leaves there, though code of the program writes them outside of an initialiser.
    boolean isKept(String owner, String method, boolean isStatic) {
        boolean rewritten = List.of("explored/", "dev/millrace/").stream().noneMatch(owner::startsWith) || isOwn(owner);
        if (!rewritten || method.equals("<clinit>")) {
            return false;
        }
        return isStatic
                ? !renews(owner)
                : !method.equals("<init>") && hierarchy.extendsClass(owner, "java/lang/Enum");
    }
}
