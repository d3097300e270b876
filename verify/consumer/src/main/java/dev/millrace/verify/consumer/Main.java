package dev.millrace.verify.consumer;

import dev.millrace.context.Context;

/// Uses what a user would use first.
final class Main {
    private Main() {}

    public static void main(String[] args) {
        Context context = Context.background();
        System.out.println("module: " + Main.class.getModule().getName());
        System.out.println("library: " + Context.class.getModule().getName());
        System.out.println("background: " + context);
    }
}
