package io.secateur.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void a_failure_without_a_message_is_named_by_its_kind() {
    assertThat(Reason.of(new IOException("the cable is loose"))).isEqualTo("the cable is loose");
    assertThat(Reason.of(new EOFException())).isEqualTo("it ends too early");
    assertThat(Reason.of(new ArithmeticException(" "))).isEqualTo("ArithmeticException");
  }
}
