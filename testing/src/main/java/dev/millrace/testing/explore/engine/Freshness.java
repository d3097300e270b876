package dev.millrace.testing.explore.engine;

import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Follows one method, instruction by instruction, to know which conditions are about what others may have changed since the method has shown them
/// something: the answer of an atomic update, or what is read after a lock was taken or something was published. About, since it does not simulate the stack, nor jumps.
final class Freshness {
    private static final Set<String> ASKING = Set.of("ended", "hasEnded", "ending", "unchanged", "isLinked",
            "hasNobody", "isOver", "isDone", "decide", "settle", "claim", "tryEnd", "add", "isInterrupted",
            "hasHappened",
            "isStarted");
    private static final Set<String> PUBLISHING =
            Set.of("lock", "tryLock", "add", "enqueue", "append", "queue", "putIfAbsent");

    private final Hierarchy hierarchy;
    private final Map<Integer, String> locals = new HashMap<>();
    private @Nullable String read; // what was read
    private boolean published;

    Freshness(Hierarchy hierarchy) {
        this.hierarchy = hierarchy;
    }

    /// The field or method that a condition at this instruction is about; null when it is about none that others change.
    @Nullable String read() {
        return read;
    }

    void follow(CodeElement element) {
        switch (element) {
            case FieldInstruction f -> {
                String name = f.name().stringValue();
                boolean reads = f.opcode().name().startsWith("GET");
                boolean isVolatile = hierarchy.field(f.owner().asInternalName(), name).isVolatile();
                if (!reads) {
                    read = null;
                    published |= isVolatile;
                } else if (isVolatile && published) {
                    read = name;
                }
            }
            case InvokeInstruction call -> {
                String name = call.name().stringValue();
                boolean ofHandle = call.owner().asInternalName().equals("java/lang/invoke/VarHandle");
                boolean isUpdate = ofHandle && (name.startsWith("compareAnd") || name.startsWith("getAnd"));
                boolean writes = ofHandle && name.startsWith("set");
                boolean asks = ofHandle ? name.startsWith("get") : ASKING.contains(name);
                published |= isUpdate || writes || PUBLISHING.contains(name);
                read = isUpdate || (asks && published && !call.typeSymbol().returnType().equals(CD_void)) ? name : null;
            }
            case StoreInstruction store -> {
                if (read == null) {
                    locals.remove(store.slot());
                } else {
                    locals.put(store.slot(), read);
                }
                read = null;
            }
            case LoadInstruction load -> {
                String was = locals.get(load.slot());
                read = was == null ? read : was;
            }
            case BranchInstruction _,ReturnInstruction _,LabelTarget _ -> read = null;
            default -> {}
        }
    }
}
