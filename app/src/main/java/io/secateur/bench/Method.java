package io.secateur.bench;

import io.secateur.defence.Defence;
import io.secateur.defence.Defences;
import io.secateur.defence.Policy;
import java.util.Map;

/**
 * A defence that is set up.
 *
 * @param settings all that it depends on, set or not, by key
 */
public record Method(Defence defence, Map<String, String> settings) {
  /** Copies the map. */
  public Method {
    settings = Map.copyOf(settings);
  }

  /**
   * The defence called {@code name}.
   *
   * @param given settings by key
   * @param paper whether what is not given is as published
   * @param recover whether pruning is followed by fine-tuning
   * @throws BadSetting if there is no such defence, or a key or value is not accepted
   */
  public static Method of(
      String name, Map<String, String> given, boolean paper, boolean recover, Policy policy) {
    if (!Defences.names().contains(name)) {
      throw new BadSetting(
          "method is '" + name + "'; expected " + String.join(", ", Defences.names()));
    }
    MethodSettings settings = new MethodSettings(given, paper, recover);
    try {
      Defence defence = Defences.named(name, settings, policy);
      return new Method(defence, settings.used());
    } catch (BadSetting e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new BadSetting("set: " + e.getMessage());
    }
  }
}
