package dev.millrace.testing.explore.engine;

/// A fault that is planted while a class is loaded: a call is left out. To see that a suite finds it.
///
/// @param owner the class, as in Java
/// @param method the method in it
/// @param call the name of the method that is not called there
/// @param occurrence which of the calls of that name in the method, from 0
public record Mutation(String owner, String method, String call, int occurrence) {
    @Override
    public String toString() {
        return owner.substring(owner.lastIndexOf('.') + 1) + "." + method + " without its call " + occurrence + " of "
                + call;
    }
}
