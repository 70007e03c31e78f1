package io.secateur.format;

import io.secateur.format.PickleValue.Mapping;
import io.secateur.format.PickleValue.None;
import io.secateur.format.PickleValue.Real;
import io.secateur.format.PickleValue.Tensor;
import io.secateur.format.PickleValue.Text;
import io.secateur.format.PickleValue.Truth;
import io.secateur.format.PickleValue.Whole;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The network within what a checkpoint's pickle held.
 *
 * @param path the keys that lead to it
 * @param tensors its tensors by name, in file order
 * @param scalars the plain values of the outermost mapping
 */
record StateDict(List<String> path, Map<String, TensorView> tensors, Map<String, Scalar> scalars) {
  private static final int DEEPEST = 3;

  /** Where training code keeps the network by habit; mappings under these keys win over others. */
  private static final Set<String> USUAL_KEYS =
      Set.of("state_dict", "model", "net", "model_state_dict", "weights");

  private record Candidate(List<String> path, Mapping mapping, int tensors) {
    boolean usual() {
      return !path.isEmpty() && USUAL_KEYS.contains(path.get(path.size() - 1));
    }

    String key() {
      return String.join("/", path);
    }
  }

  /**
   * Finds the mapping from names to tensors, at most three keys deep: one under a usual key before
   * others, then the one with most tensors. What an optimizer or a scheduler keeps is never taken
   * for the network.
   *
   * @param key the place to take it from, keys joined by {@code /}; empty: search
   * @throws Malformed if there is none, or several of equal standing
   */
  static StateDict find(PickleValue root, Optional<String> key) {
    if (!(root instanceof Mapping mapping)) {
      throw new Malformed(
          "holds no state dict but " + describe(root) + "; save model.state_dict()");
    }
    List<Candidate> candidates = candidates(mapping);
    Candidate chosen = key.isPresent() ? named(candidates, key.get()) : best(candidates);
    return new StateDict(chosen.path(), tensors(chosen.mapping()), scalars(mapping));
  }

  private static List<Candidate> candidates(Mapping root) {
    List<Candidate> found = new ArrayList<>();
    Set<Mapping> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Candidate> open = new ArrayDeque<>();
    open.add(new Candidate(List.of(), root, 0));
    seen.add(root);
    while (!open.isEmpty()) {
      Candidate at = open.remove();
      int tensors = 0;
      for (Map.Entry<Object, PickleValue> entry : at.mapping().entries().entrySet()) {
        if (!(entry.getKey() instanceof String name)) {
          continue;
        }
        if (entry.getValue() instanceof Tensor) {
          tensors++;
        } else if (entry.getValue() instanceof Mapping inner
            && at.path().size() < DEEPEST
            && !ofOptimizer(name)
            && seen.add(inner)) {
          List<String> path = new ArrayList<>(at.path());
          path.add(name);
          open.add(new Candidate(path, inner, 0));
        }
      }
      if (tensors > 0) {
        found.add(new Candidate(at.path(), at.mapping(), tensors));
      }
    }
    return found;
  }

  private static boolean ofOptimizer(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("optim")
        || lower.contains("sched")
        || lower.equals("amp")
        || lower.equals("scaler");
  }

  private static Candidate named(List<Candidate> candidates, String key) {
    return candidates.stream()
        .filter(candidate -> candidate.key().equals(key))
        .findFirst()
        .orElseThrow(
            () ->
                new Malformed(
                    "has no tensors under the key " + Malformed.quote(key) + listing(candidates)));
  }

  private static Candidate best(List<Candidate> candidates) {
    boolean usual = candidates.stream().anyMatch(Candidate::usual);
    List<Candidate> standing =
        candidates.stream().filter(candidate -> candidate.usual() == usual).toList();
    int most = standing.stream().mapToInt(Candidate::tensors).max().orElse(0);
    List<Candidate> best =
        standing.stream().filter(candidate -> candidate.tensors() == most).toList();
    if (best.isEmpty()) {
      throw new Malformed(
          "holds no tensors by name at most " + DEEPEST + " keys deep; save model.state_dict()");
    }
    if (best.size() > 1) {
      throw new Malformed("holds several networks, name the one to read" + listing(best));
    }
    return best.get(0);
  }

  private static String listing(List<Candidate> candidates) {
    List<String> shown =
        candidates.stream()
            .limit(10)
            .map(c -> Malformed.quote(c.key()) + " (" + c.tensors() + " tensors)")
            .toList();
    return shown.isEmpty()
        ? ""
        : "; there are " + String.join(", ", shown) + (candidates.size() > 10 ? ", ..." : "");
  }

  private static Map<String, TensorView> tensors(Mapping mapping) {
    Map<String, TensorView> tensors = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (key, value) -> {
              if (key instanceof String name && value instanceof Tensor tensor) {
                tensors.put(name, tensor.view);
              }
            });
    return tensors;
  }

  private static Map<String, Scalar> scalars(Mapping root) {
    Map<String, Scalar> scalars = new LinkedHashMap<>();
    root.entries()
        .forEach(
            (key, value) -> {
              if (key instanceof String name) {
                scalar(value).ifPresent(plain -> scalars.put(name, plain));
              }
            });
    return scalars;
  }

  private static Optional<Scalar> scalar(PickleValue value) {
    if (value instanceof Text text) {
      return Optional.of(new Scalar.Text(text.value()));
    }
    if (value instanceof Whole whole) {
      return Optional.of(new Scalar.Whole(whole.value()));
    }
    if (value instanceof Real real) {
      return Optional.of(new Scalar.Real(real.value()));
    }
    if (value instanceof Truth truth) {
      return Optional.of(new Scalar.Truth(truth.value()));
    }
    return value == None.NONE ? Optional.of(new Scalar.Nothing()) : Optional.empty();
  }

  private static String describe(PickleValue root) {
    if (root instanceof Tensor) {
      return "a single tensor";
    }
    return root instanceof PickleValue.Sequence ? "a list" : "a single value";
  }
}
