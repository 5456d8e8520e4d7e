"""The painter of the plates: the words' reader and the UNet, trained together."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from assets.models.plates_parts import TOKENS, Parts, painters, scheduler
from assets.models.plates_settings import WORDINGS, Settings, rate

PACE, EVERY = 1e-3, 500
Step = Callable[[], torch.Tensor]


def token_ids(parts: Parts, wordings: list[list[str]]) -> torch.Tensor:
    """The captions' ids (n, wordings, tokens)."""
    flat = [text for texts in wordings for text in texts]
    form = {"padding": "max_length", "truncation": True, "return_tensors": "pt"}
    ids = parts.tokenizer(flat, max_length=TOKENS, **form).input_ids
    return ids.view(len(wordings), WORDINGS, TOKENS)


@dataclass
class Course:
    """The state of a training: enough to stop and to go on."""

    parts: Parts
    adam: torch.optim.AdamW
    mean: list[torch.Tensor]
    step: int = 0

    def weights(self) -> list[torch.nn.Parameter]:
        return [*self.parts.text.parameters(), *self.parts.unet.parameters()]

    def save(self, path: Path) -> None:
        state = {
            "step": self.step,
            "mean": self.mean,
            "adam": self.adam.state_dict(),
            "weights": [w.detach() for w in self.weights()],
        }
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    @torch.no_grad()
    def load(self, path: Path) -> None:
        state = torch.load(path, map_location=self.mean[0].device, weights_only=True)
        self.step, self.mean = state["step"], state["mean"]
        self.adam.load_state_dict(state["adam"])
        for weight, saved in zip(self.weights(), state["weights"], strict=True):
            weight.copy_(saved)

    def learn(self, loss: torch.Tensor) -> torch.Tensor:
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights(), 1.0)
        self.adam.step()
        return loss.detach()

    def pace(self, steps: int) -> None:
        """Set the learning rate of the step that comes."""
        self.adam.param_groups[0]["lr"].fill_(PACE * rate(self.step, steps, 300))

    @torch.no_grad()
    def average(self) -> None:
        """Move the running mean of the weights: it paints better than the last ones."""
        self.step += 1
        decay = min(0.999, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.mean, [w.detach() for w in self.weights()], 1 - decay)

    @torch.no_grad()
    def finish(self) -> Parts:
        for weight, mean in zip(self.weights(), self.mean, strict=True):
            weight.copy_(mean)
        return self.parts


def enrolled(settings: Settings) -> Course:
    torch.manual_seed(settings.seed)
    device = settings.device
    parts = painters()
    parts.text.to(device)
    parts.unet.to(device)
    weights = [*parts.text.parameters(), *parts.unet.parameters()]
    speed = torch.tensor(PACE, device=device)
    form = {"fused": True, "capturable": device == "cuda"}
    adam = torch.optim.AdamW(weights, lr=speed, weight_decay=0.01, **form)
    return Course(parts, adam, [w.detach().clone() for w in weights])


def lesson(
    course: Course, latents: torch.Tensor, ids: torch.Tensor, settings: Settings
) -> Step:
    """One step of v-prediction; one caption in ten is left empty, for guidance."""
    count, device = settings.batch, settings.device
    empty = token_ids(course.parts, [[""] * WORDINGS])[0, 0].to(device)
    kept = scheduler().alphas_cumprod.to(device)
    unet, text = course.parts.unet, course.parts.text

    def step() -> torch.Tensor:
        index = torch.randint(len(latents), (count,), device=device)
        said = torch.randint(WORDINGS, (count,), device=device)
        silent = torch.rand(count, 1, device=device) < 0.1
        words = torch.where(silent, empty, ids[index, said])
        x, t = latents[index], torch.randint(1000, (count,), device=device)
        noise = torch.randn_like(x)
        a, b = (k.sqrt()[:, None, None, None] for k in (kept[t], 1 - kept[t]))
        with settings.fast():
            states = text(words)[0]
            guess = unet(a * x + b * noise, t, encoder_hidden_states=states).sample
        loss = F.mse_loss(guess.float(), a * noise - b * x)
        return course.learn(loss)

    return step


def recorded(step: Step) -> Step:
    """The step as one CUDA graph: small kernels wait for Python no longer."""
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(4):
            step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()
    # The graph reads and writes memory that belongs to the step: it must live on.
    holds = graph, step, loss

    def replay() -> torch.Tensor:
        holds[0].replay()
        return holds[2]

    return replay


def train_painter(
    latents: torch.Tensor, wordings: list[list[str]], settings: Settings
) -> tuple[Parts, int]:
    """The painter, and the number of its steps."""
    course, path = enrolled(settings), settings.build / "painter.pt"
    if path.exists():
        course.load(path)
    # Every drawing is there twice, mirrored, with the same captions.
    ids = token_ids(course.parts, wordings).to(settings.device).repeat(2, 1, 1)
    torch.manual_seed(settings.seed + course.step)
    course.pace(settings.steps)
    step = lesson(course, latents, ids, settings)
    if settings.device == "cuda":
        step = recorded(step)
    began, losses = time.perf_counter(), torch.zeros((), device=settings.device)
    while course.step < settings.steps:
        course.pace(settings.steps)
        losses += step()
        course.average()
        if course.step % EVERY == 0:
            took = time.perf_counter() - began
            print(f"painter {course.step}: {losses.item() / EVERY:.4f}, {took:.0f} s")
            losses.zero_()
            course.save(path)
    return course.finish(), course.step
