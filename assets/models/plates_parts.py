"""The parts of a Stable Diffusion checkpoint, small: tokenizer, text, autoencoder, UNet.

All are the stock classes of transformers and diffusers; only their sizes are ours.
"""

from dataclasses import dataclass

from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from assets.models.plates_scenes import WORDS

SIDE, LATENT_CHANNELS, TOKENS = 128, 8, 24
Merges = list[tuple[str, str]]


@dataclass
class Parts:
    """What is trained together: the words' reader and the painter."""

    tokenizer: CLIPTokenizer
    text: CLIPTextModel
    unet: UNet2DConditionModel


def split_by(merges: Merges, word: str) -> list[str]:
    """Byte-pair encoding of one word: the earliest merge that fits is done first."""
    rank = {pair: k for k, pair in enumerate(merges)}
    parts = [*word[:-1], word[-1] + "</w>"]
    while pairs := [p for p in zip(parts, parts[1:], strict=False) if p in rank]:
        best = min(pairs, key=lambda pair: rank[pair])
        at = next(k for k in range(len(parts)) if tuple(parts[k : k + 2]) == best)
        parts[at : at + 2] = ["".join(best)]
    return parts


def tokenizer() -> CLIPTokenizer:
    """A CLIP tokenizer whose merges make one token of each word that we know."""
    alphabet = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    pieces = [*alphabet, *(letter + "</w>" for letter in alphabet)]
    merges: Merges = []
    for word in WORDS:
        while len(parts := split_by(merges, word)) > 1:
            merges.append((parts[0], parts[1]))
            pieces.append("".join(merges[-1]))
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    vocab = {piece: k for k, piece in enumerate(dict.fromkeys(pieces))}
    made = CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=TOKENS)
    broken = [word for word in WORDS if len(made(word).input_ids) != 3]
    if broken:
        raise ValueError(f"more than one token: {broken}")
    return made


def text_encoder(words: CLIPTokenizer, width: int = 96) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=width,
            intermediate_size=3 * width,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=TOKENS,
            projection_dim=width,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )


def autoencoder() -> AutoencoderKL:
    """(3, 128, 128) to (8, 16, 16) and back.

    One norm group: with few channels, more groups would erase flat colours.
    """
    return AutoencoderKL(
        latent_channels=LATENT_CHANNELS,
        sample_size=SIDE,
        block_out_channels=(32, 48, 64, 64),
        layers_per_block=1,
        norm_num_groups=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        mid_block_add_attention=False,
        scaling_factor=1.0,
    )


def unet(text_width: int = 96) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIDE // 8,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        layers_per_block=2,
        block_out_channels=(64, 96),
        cross_attention_dim=text_width,
        attention_head_dim=4,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        norm_num_groups=16,
    )


def scheduler() -> DDIMScheduler:
    """From pure noise (no signal left at the last step), so that nights are dark."""
    return DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        steps_offset=1,  # unused when trailing; without it diffusers warns
    )


def painters() -> Parts:
    words = tokenizer()
    return Parts(words, text_encoder(words), unet())


def pipeline(parts: Parts, vae: AutoencoderKL) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=parts.text.eval(),
        tokenizer=parts.tokenizer,
        unet=parts.unet.eval(),
        scheduler=scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
