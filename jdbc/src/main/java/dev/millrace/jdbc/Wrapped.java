package dev.millrace.jdbc;

import dev.millrace.internal.InterruptBridge;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An object of a driver behind a dynamic proxy.
///
/// Proxies, because the interfaces have some six hundred methods that are passed on as they are, and get more with each JDK.
abstract class Wrapped implements InvocationHandler {
    final Session session;
    private final Object target;

    Wrapped(Session session, Object target) {
        this.session = session;
        this.target = target;
    }

    static Connection connection(Session session) {
        return proxy(Connection.class, new WrappedConnection(session));
    }

    static ResultSet resultSet(WrappedResult result) {
        return proxy(ResultSet.class, result);
    }

    static <T> T proxy(Class<T> type, Wrapped handler) {
        return type.cast(Proxy.newProxyInstance(Wrapped.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] args)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> args != null && proxy == args[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "under a context: " + target;
            };
        }
        return switch (method.getName()) {
            case "unwrap" -> unwrap(proxy, (Class<?>) argument(args));
            case "isWrapperFor" -> isWrapperFor(proxy, (Class<?>) argument(args));
            default -> invoked(proxy, method, args);
        };
    }

    abstract @Nullable Object invoked(Object proxy, Method method, @Nullable Object @Nullable [] args) throws Throwable;

    /// The driver's own method, as one of those that the session makes.
    final @Nullable Object raw(Method method, @Nullable Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    /// The driver's own method, whatever the context does. No interrupt of ours reaches it.
    final @Nullable Object pass(Method method, @Nullable Object @Nullable [] args) throws Throwable {
        InterruptBridge held = InterruptBridge.shield();
        try {
            return raw(method, args);
        } finally {
            InterruptBridge.unshield(held);
        }
    }

    private static Object argument(@Nullable Object @Nullable [] args) {
        return Objects.requireNonNull(Objects.requireNonNull(args)[0], "interface");
    }

    private Object unwrap(Object proxy, Class<?> type) throws SQLException {
        if (type.isInstance(proxy)) {
            return proxy;
        }
        return type.isInstance(target) ? target : ((java.sql.Wrapper) target).unwrap(type);
    }

    private boolean isWrapperFor(Object proxy, Class<?> type) throws SQLException {
        return type.isInstance(proxy) || type.isInstance(target) || ((java.sql.Wrapper) target).isWrapperFor(type);
    }
}
