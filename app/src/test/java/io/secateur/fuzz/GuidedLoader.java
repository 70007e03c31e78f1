package io.secateur.fuzz;

import java.io.IOException;
import java.io.InputStream;
import org.jacoco.core.instr.Instrumenter;
import org.objectweb.asm.Opcodes;

/**
 * Loads Secateur anew, with a probe on every branch of its readers, so that a campaign sees which
 * samples lead where none led before. The classes of campaigns themselves have none.
 */
final class GuidedLoader extends ClassLoader {
  private static final String OURS = "io.secateur.";

  /** Shared with the loader's own world: the instrumented classes report there. */
  private static final String PROBES = Probes.class.getName();

  private final Instrumenter instrumenter =
      new Instrumenter(
          (id, type, count, method) -> {
            method.visitLdcInsn(id);
            method.visitLdcInsn(type);
            method.visitLdcInsn(count);
            method.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                PROBES.replace('.', '/'),
                "of",
                "(JLjava/lang/String;I)[Z",
                false);
            return 4;
          });

  GuidedLoader(ClassLoader parent) {
    super(parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS) || name.equals(PROBES)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] code = in.readAllBytes();
      if (!name.startsWith(GuidedLoader.class.getPackageName())) {
        code = instrumenter.instrument(code, name);
      }
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
