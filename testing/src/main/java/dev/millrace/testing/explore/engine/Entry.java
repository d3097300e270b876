package dev.millrace.testing.explore.engine;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the program under test begins: a method by its name, since it is loaded anew.
public final class Entry {
    private final ClassLoader parent;
    private final String className;
    private final List<String> methodNames;
    private final @Nullable String descriptor; // null: methods of an instance, without parameters
    private final Object[] arguments;

    private Entry(
            ClassLoader parent, String className, List<String> methodNames, @Nullable String descriptor,
            Object[] arguments) {
        this.parent = parent;
        this.className = className;
        this.methodNames = methodNames;
        this.descriptor = descriptor;
        this.arguments = arguments;
    }

    /// Methods of a test class, of which a new instance is made each time, one after the other.
    public static Entry methods(Class<?> owner, List<String> names) {
        return new Entry(loader(owner), owner.getName(), List.copyOf(names), null, new Object[0]);
    }

    /// The method that a lambda or method reference stands for, as its serialized form says.
    ///
    /// @throws IllegalArgumentException when it is none, or uses what cannot be handed over
    public static Entry lambda(Serializable program) {
        SerializedLambda form = form(program);
        int kind = form.getImplMethodKind();
        Object[] captured = new Object[form.getCapturedArgCount()];
        for (int i = 0; i < captured.length; i++) {
            captured[i] = form.getCapturedArg(i);
            if (captured[i] != null && !isOfJdk(captured[i].getClass())) {
                throw new IllegalArgumentException(
                        "a program that is explored must make all that it uses within: it uses a "
                                + captured[i].getClass().getName()
                                + " from outside, and may only use what is of the JDK, such as strings and numbers");
            }
        }
        if (kind != MethodHandleInfo.REF_invokeStatic && kind != MethodHandleInfo.REF_newInvokeSpecial) {
            throw new IllegalArgumentException(
                    "a program that is explored must be a lambda, or a reference to a static method, was one to "
                            + form.getImplClass().replace('/', '.') + "." + form.getImplMethodName());
        }
        return new Entry(loader(program.getClass()), form.getImplClass().replace('/', '.'),
                List.of(form.getImplMethodName()), form.getImplMethodSignature(), captured);
    }

    private static ClassLoader loader(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    /// The serialization that the JDK has for lambdas; what it captures is not written.
    private static SerializedLambda form(Serializable program) {
        var found = new SerializedLambda[1];
        try (var out = new ObjectOutputStream(OutputStream.nullOutputStream()) {
            {
                enableReplaceObject(true);
            }

            @Override
            protected @Nullable Object replaceObject(Object object) {
                if (object instanceof SerializedLambda form && found[0] == null) {
                    found[0] = form;
                    return null;
                }
                return object;
            }
        }) {
            out.writeObject(program);
        } catch (NotSerializableException e) {
            // answered below
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot find out what " + program + " runs", e);
        }
        if (found[0] == null) {
            throw new IllegalArgumentException(
                    "a program that is explored must be written as a lambda, was an object of "
                            + program.getClass().getName());
        }
        return found[0];
    }

    /// How the names of the program's own classes begin: as that of the class it is written in does, up to the second dot. For this library's tests that would be
    /// the library too; there it is the package.
    String own() {
        int last = className.lastIndexOf('.');
        int second = className.indexOf('.', className.indexOf('.') + 1);
        boolean ours = className.startsWith("dev.millrace.");
        return className.substring(0, (ours || second < 0 ? last : second) + 1);
    }

    ClassLoader parent() {
        return parent;
    }

    /// What runs the method, as `loader` has it.
    Body open(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> owner = loader.loadClass(className);
        if (descriptor == null) {
            Constructor<?> constructor = owner.getDeclaredConstructor();
            constructor.setAccessible(true);
            var methods = new ArrayList<Method>();
            for (String name : methodNames) {
                methods.add(find(owner, name));
            }
            return () -> unwrapped(() -> {
                Object instance = constructor.newInstance();
                for (Method method : methods) {
                    method.invoke(instance);
                }
                return null;
            });
        }
        String methodName = methodNames.getFirst();
        Class<?>[] types = MethodType.fromMethodDescriptorString(descriptor, loader).parameterArray();
        if (methodName.equals("<init>")) {
            Constructor<?> constructor = owner.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return () -> unwrapped(() -> constructor.newInstance(arguments));
        }
        Method method = owner.getDeclaredMethod(methodName, types);
        method.setAccessible(true);
        return () -> unwrapped(() -> method.invoke(null, arguments));
    }

    private Method find(Class<?> owner, String methodName) throws NoSuchMethodException {
        for (Class<?> at = owner; at != null; at = at.getSuperclass()) {
            for (Method method : List.of(at.getDeclaredMethods())) {
                if (method.getName().equals(methodName) && method.getParameterCount() == 0) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(className + "." + methodName + "() without parameters");
    }

    private interface Call {
        @Nullable Object call() throws ReflectiveOperationException;
    }

    private static void unwrapped(Call call) throws Throwable {
        try {
            call.call();
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            throw cause == null ? e : cause;
        }
    }

    /// What one schedule runs.
    interface Body {
        void run() throws Throwable;
    }
}
