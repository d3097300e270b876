package dev.millrace.testing.explore.engine;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which calls of the JDK are replaced by what: a line for each, `static` or `virtual`, the method, and its name in [Calls], or in another class
/// where that is said; or `twin`, for the method of that name in
/// `dev.millrace.testing.explore.twins`.
final class Redirects {
    private static final ClassDesc CALLS = ClassDesc.of(Calls.class.getName());
    private static final ClassDesc POOLS = ClassDesc.of("dev.millrace.testing.explore.twins.Pools");
    static final ClassDesc CAST_POOLS = ClassDesc.of("dev.millrace.testing.explore.twins.CastPools");
    private static final Set<String> CAST = Set.of("newCachedThreadPool", "newFixedThreadPool");
    private static final String THREAD = "java/lang/Thread";

    /// The method to call instead.
    record Target(ClassDesc owner, String name, MethodTypeDesc type) {}

    private static final String TABLE = """
            static java/util/concurrent/locks/LockSupport.park()V park
            static java/util/concurrent/locks/LockSupport.park(Ljava/lang/Object;)V park
            static java/util/concurrent/locks/LockSupport.parkNanos(J)V parkNanos
            static java/util/concurrent/locks/LockSupport.parkNanos(Ljava/lang/Object;J)V parkNanos
            static java/util/concurrent/locks/LockSupport.parkUntil(J)V parkUntil
            static java/util/concurrent/locks/LockSupport.parkUntil(Ljava/lang/Object;J)V parkUntil
            static java/util/concurrent/locks/LockSupport.unpark(Ljava/lang/Thread;)V unpark
            static java/lang/Thread.yield()V giveWay
            static java/lang/Thread.onSpinWait()V giveWay
            static java/lang/Thread.sleep(J)V sleep
            static java/lang/Thread.sleep(JI)V sleep
            static java/lang/Thread.sleep(Ljava/time/Duration;)V sleep
            static java/lang/Thread.interrupted()Z interrupted
            static java/lang/Thread.holdsLock(Ljava/lang/Object;)Z holdsLock
            static java/lang/Thread.startVirtualThread(Ljava/lang/Runnable;)Ljava/lang/Thread; startVirtualThread
            virtual java/lang/Thread.start()V start
            virtual java/lang/Thread.join()V join
            virtual java/lang/Thread.join(J)V join
            virtual java/lang/Thread.join(JI)V join
            virtual java/lang/Thread.join(Ljava/time/Duration;)Z join
            virtual java/lang/Thread.interrupt()V interrupt
            virtual java/lang/Thread.isInterrupted()Z isInterrupted
            virtual java/lang/Thread.isAlive()Z isAlive
            virtual java/lang/Thread.getState()Ljava/lang/Thread$State; getState
            virtual java/lang/Thread.threadId()J threadId
            virtual java/lang/Thread.getId()J threadId
            virtual java/lang/Thread.isVirtual()Z Platform.isVirtual
            virtual java/lang/Thread.isDaemon()Z Platform.isDaemon
            virtual java/lang/Thread.setDaemon(Z)V Platform.setDaemon
            virtual java/lang/Thread$Builder.start(Ljava/lang/Runnable;)Ljava/lang/Thread; builderStart
            virtual java/lang/Thread$Builder.unstarted(Ljava/lang/Runnable;)Ljava/lang/Thread; builderUnstarted
            virtual java/lang/Thread$Builder.factory()Ljava/util/concurrent/ThreadFactory; builderFactory
            virtual java/lang/Thread$Builder$OfVirtual.start(Ljava/lang/Runnable;)Ljava/lang/Thread; builderStart
            virtual java/lang/Thread$Builder$OfVirtual.unstarted(Ljava/lang/Runnable;)Ljava/lang/Thread; builderUnstarted
            virtual java/lang/Thread$Builder$OfVirtual.factory()Ljava/util/concurrent/ThreadFactory; builderFactory
            virtual java/lang/Thread$Builder$OfPlatform.start(Ljava/lang/Runnable;)Ljava/lang/Thread; builderStart
            virtual java/lang/Thread$Builder$OfPlatform.unstarted(Ljava/lang/Runnable;)Ljava/lang/Thread; builderUnstarted
            virtual java/lang/Thread$Builder$OfPlatform.factory()Ljava/util/concurrent/ThreadFactory; builderFactory
            static dev/millrace/internal/Fairness.look(J)V Times.lookAfterNobody
            static dev/millrace/internal/Fairness.lookSoon()V Times.lookAfterNobodySoon
            virtual java/lang/ref/Cleaner.register(Ljava/lang/Object;Ljava/lang/Runnable;)Ljava/lang/ref/Cleaner$Cleanable; Times.register
            static java/lang/System.gc()V Times.collect
            static java/lang/System.nanoTime()J Times.nanoTime
            static java/lang/System.currentTimeMillis()J Times.currentTimeMillis
            static java/time/Instant.now()Ljava/time/Instant; Times.instant
            virtual java/util/concurrent/TimeUnit.sleep(J)V sleep
            static java/lang/Math.random()D Times.random
            virtual java/util/concurrent/ThreadLocalRandom.nextInt()I Times.nextInt
            virtual java/util/concurrent/ThreadLocalRandom.nextInt(I)I Times.nextInt
            virtual java/util/concurrent/ThreadLocalRandom.nextInt(II)I Times.nextInt
            virtual java/util/concurrent/ThreadLocalRandom.nextLong()J Times.nextLong
            virtual java/util/concurrent/ThreadLocalRandom.nextLong(J)J Times.nextLong
            virtual java/util/concurrent/ThreadLocalRandom.nextLong(JJ)J Times.nextLong
            virtual java/util/concurrent/ThreadLocalRandom.nextBoolean()Z Times.nextBoolean
            virtual java/util/concurrent/ThreadLocalRandom.nextDouble()D Times.nextDouble
            virtual java/lang/invoke/MethodHandles$Lookup.findVarHandle(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/invoke/VarHandle; Handles.findVarHandle
            virtual java/lang/invoke/MethodHandles$Lookup.findStaticVarHandle(Ljava/lang/Class;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/invoke/VarHandle; Handles.findStaticVarHandle
            static jdk/internal/invoke/MhUtil.findVarHandle(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/invoke/VarHandle; Handles.ownVarHandle
            static jdk/internal/invoke/MhUtil.findVarHandle(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/Class;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/invoke/VarHandle; Handles.itsVarHandle
            static java/util/concurrent/ThreadLocalRandom.nextSecondarySeed()I Handles.nextSecondarySeed
            static jdk/internal/util/ArraysSupport.newLength(III)I Handles.newLength
            static java/util/concurrent/Executors.defaultThreadFactory()Ljava/util/concurrent/ThreadFactory; twin
            static java/util/concurrent/Executors.newVirtualThreadPerTaskExecutor()Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newThreadPerTaskExecutor(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newCachedThreadPool()Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newCachedThreadPool(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newFixedThreadPool(I)Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newFixedThreadPool(ILjava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newSingleThreadExecutor()Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newSingleThreadExecutor(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newScheduledThreadPool(I)Ljava/util/concurrent/ScheduledExecutorService; twin
            static java/util/concurrent/Executors.newScheduledThreadPool(ILjava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ScheduledExecutorService; twin
            static java/util/concurrent/Executors.newSingleThreadScheduledExecutor()Ljava/util/concurrent/ScheduledExecutorService; twin
            static java/util/concurrent/Executors.newSingleThreadScheduledExecutor(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ScheduledExecutorService; twin
            static java/util/concurrent/Executors.newWorkStealingPool()Ljava/util/concurrent/ExecutorService; twin
            static java/util/concurrent/Executors.newWorkStealingPool(I)Ljava/util/concurrent/ExecutorService; twin
            virtual java/lang/Object.wait()V await
            virtual java/lang/Object.wait(J)V await
            virtual java/lang/Object.wait(JI)V await
            virtual java/lang/Object.notify()V signal
            virtual java/lang/Object.notifyAll()V signalAll
            """;

    private static final Map<String, Target> BY_METHOD = new HashMap<>();
    private static final Set<String> OF_ANY_OBJECT = Set.of("wait", "notify", "notifyAll");

    /// Classes that are replaced where the code says `new` or `extends`.
    ///
    /// A hash set of objects that have no hash code of their own has another order each time: one that keeps the order in which they came has not.
    static final Map<String, ClassDesc> SUBSTITUTES = Map.of(
            "java/util/HashMap", ClassDesc.of("java.util.LinkedHashMap"),
            "java/util/HashSet", ClassDesc.of("java.util.LinkedHashSet"),
            "java/util/concurrent/locks/ReentrantLock", ClassDesc.of(ModelledLock.class.getName()),
            "java/util/concurrent/locks/ReentrantReadWriteLock", ClassDesc.of(ModelledReadWriteLock.class.getName()),
            "java/util/concurrent/locks/StampedLock", ClassDesc.of(ModelledStampedLock.class.getName()),
            "java/util/concurrent/Semaphore", ClassDesc.of(ModelledSemaphore.class.getName()),
            "java/util/concurrent/CountDownLatch", ClassDesc.of(ModelledLatch.class.getName()));

    static {
        TABLE.lines().map(line -> line.split(" ")).forEach(parts -> {
            String method = parts[1];
            int paren = method.indexOf('(');
            int dot = method.lastIndexOf('.', paren);
            MethodTypeDesc type = MethodTypeDesc.ofDescriptor(method.substring(paren));
            if (parts[0].equals("virtual")) {
                String owner = method.substring(0, dot);
                int inner = owner.startsWith("java/lang/Thread$Builder$") ? owner.lastIndexOf('$') : owner.length();
                type = type.insertParameterTypes(0, ClassDesc.ofInternalName(owner.substring(0, inner)));
            }
            int of = parts[2].indexOf('.');
            Target target = parts[2].equals("twin")
                    ? new Target(POOLS, method.substring(dot + 1, paren), type)
                    : new Target(of < 0 ? CALLS : ofOurs(parts[2].substring(0, of)), parts[2].substring(of + 1), type);
            BY_METHOD.put(method, target);
        });
    }

    private static final Set<String> WAITING =
            Set.of("park", "parkNanos", "parkUntil", "unpark", "giveWay", "sleep", "join",
                    "start", "builderStart", "startVirtualThread", "interrupt", "await", "signal", "signalAll");

    private Redirects() {}

    private static ClassDesc ofOurs(String simpleName) {
        return ClassDesc.of(Calls.class.getPackageName(), simpleName);
    }

    /// Whether it is worth to know where the method of [Calls] was called.
    static boolean isWaiting(String name) {
        return WAITING.contains(name);
    }

    /// What to call in place of `target` in a class that knows the type that the JDK's pools are of.
    static Target cast(Target target) {
        return target.owner().equals(POOLS) && CAST.contains(target.name())
                ? new Target(CAST_POOLS, target.name(), target.type())
                : target;
    }

    /// What to call in place of the method; null to call it as it is.
    static @Nullable Target of(String owner, String name, String descriptor, Hierarchy hierarchy) {
        Target target = BY_METHOD.get(owner + "." + name + descriptor);
        if (target != null) {
            return target;
        }
        if (OF_ANY_OBJECT.contains(name)) {
            return BY_METHOD.get("java/lang/Object." + name + descriptor);
        }
        Target ofThread = BY_METHOD.get(THREAD + "." + name + descriptor);
        return ofThread != null && hierarchy.extendsClass(owner, THREAD) ? ofThread : null;
    }
}
