package io.secateur.engine;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * Owner of native memory. Every {@link Tensor} belongs to the innermost scope open on its thread
 * when it was made and is freed when that scope closes; making one outside any scope is an error,
 * so that nothing waits for the garbage collector. Open one scope around every step of a loop and
 * return plain Java values from it.
 */
public final class Scope implements AutoCloseable {
  static {
    Natives.ready();
  }

  private final PointerScope pointers = new PointerScope();

  private Scope() {}

  /** A scope that is open, to which tensors can be handed from scopes inside it. */
  public static final class Owner {
    private final PointerScope pointers;

    private Owner(PointerScope pointers) {
      this.pointers = pointers;
    }

    /**
     * Makes this scope an owner of {@code tensor}, which then outlives the scope it was made in.
     */
    public Tensor adopt(Tensor tensor) {
      pointers.attach(tensor.raw());
      return tensor;
    }
  }

  /** The innermost open scope, to hand tensors to later. */
  public static Owner current() {
    return new Owner(required());
  }

  /** Opens a scope; close it with try-with-resources on the same thread. */
  public static Scope open() {
    return new Scope();
  }

  /** Runs {@code body} in a scope of its own. */
  public static void run(Runnable body) {
    try (Scope scope = open()) {
      body.run();
    }
  }

  /** Runs {@code body} in a scope of its own and returns its plain Java result. */
  public static <T> T value(Supplier<T> body) {
    try (Scope scope = open()) {
      return body.get();
    }
  }

  /**
   * Runs {@code body} in a scope of its own; the tensor it returns belongs to the scope outside.
   */
  public static Tensor tensor(Supplier<Tensor> body) {
    Owner outer = current();
    try (Scope scope = open()) {
      return outer.adopt(body.get());
    }
  }

  /** Whether gradients are recorded here: not within {@link #withoutGradients}. */
  public static boolean recordsGradients() {
    return GradMode.is_enabled();
  }

  /** Runs {@code body} without recording gradients. */
  public static <T> T withoutGradients(Supplier<T> body) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return body.get();
    }
  }

  static PointerScope required() {
    PointerScope innermost = PointerScope.getInnerScope();
    if (innermost == null) {
      throw new IllegalStateException("tensors live in a Scope; open one first");
    }
    return innermost;
  }

  @Override
  public void close() {
    pointers.close();
  }
}
