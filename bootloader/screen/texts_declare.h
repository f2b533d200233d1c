/* SPDX-License-Identifier: MIT */
/*
 * The C names of a texts header's styles and texts; included at the end of it. See
 * screen/README.md.
 *
 *   TYPE_STYLES -> extern const struct type_style style_<name>
 *   TEXTS       -> enum text_id { TEXT_<ID>, ..., TEXT_COUNT }
 */
#ifndef SCREEN_TEXTS_DECLARE_H
#define SCREEN_TEXTS_DECLARE_H

struct type_style;

#define X(name, font, size_px, letters) extern const struct type_style style_##name;
TYPE_STYLES(X)
#undef X

enum text_id {
#define X(id, english_styles, english, chinese_styles, chinese) TEXT_##id,
    TEXTS(X)
#undef X
    TEXT_COUNT
};

/* One text in both languages; an empty one is never NULL. */
struct text_pair {
    const char *english;
    const char *chinese;
};

/* The initialiser of `static const struct text_pair texts[TEXT_COUNT]`. */
#define TEXT_PAIR(id, english_styles, english_text, chinese_styles, chinese_text)                  \
    [TEXT_##id] = {.english = (english_text), .chinese = (chinese_text)},

#endif
