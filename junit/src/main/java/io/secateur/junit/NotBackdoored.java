package io.secateur.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test needs a model without a backdoor: before it, or before all tests of the class, the model
 * is scanned, and the test fails with the reason if a label is accused. The body of the test may be
 * empty.
 *
 * <pre>{@code
 * @Test
 * @NotBackdoored(model = "models/signs.pth", clean = "folder:clean-images")
 * void the_model_that_is_shipped_has_no_backdoor() {}
 * }</pre>
 *
 * <p>Relative paths start at the working directory of the tests, which for Maven and Gradle is the
 * module's folder.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(NotBackdooredExtension.class)
public @interface NotBackdoored {
  /** Model file. */
  String model();

  /** Clean images as on the command line, such as {@code folder:clean-images}. */
  String clean();

  /** Architecture, or a list of its layers; recognised from the tensors unless given. */
  String architecture() default "";

  /** Preprocessing as on the command line; as the file says, or pixels / 255, unless given. */
  String preprocess() default "";

  /** Clean images to use, as far as there are so many. */
  int cleanSize() default 500;

  /** Root of all randomness: the same scan each time. */
  long seed() default 0;

  /** What happens if the scan cannot tell. */
  Doubt inconclusive() default Doubt.FAILS;
}
