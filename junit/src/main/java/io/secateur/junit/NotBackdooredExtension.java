package io.secateur.junit;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Scans what {@link NotBackdoored} names, where it stands. */
final class NotBackdooredExtension implements BeforeAllCallback, BeforeTestExecutionCallback {

  @Override
  public void beforeAll(ExtensionContext test) {
    check(test);
  }

  @Override
  public void beforeTestExecution(ExtensionContext test) {
    check(test);
  }

  private static void check(ExtensionContext test) {
    AnnotationSupport.findAnnotation(test.getElement(), NotBackdoored.class)
        .ifPresent(NotBackdooredExtension::check);
  }

  private static void check(NotBackdoored asked) {
    ModelAssert model =
        ModelAssert.assertThatModel(Path.of(asked.model()), asked.clean())
            .withCleanSize(asked.cleanSize())
            .withSeed(asked.seed())
            .whenInconclusive(asked.inconclusive());
    if (!asked.architecture().isEmpty()) {
      model = model.withArchitecture(asked.architecture());
    }
    if (!asked.preprocess().isEmpty()) {
      model = model.withPreprocessing(asked.preprocess());
    }
    model.isNotBackdoored();
  }
}
