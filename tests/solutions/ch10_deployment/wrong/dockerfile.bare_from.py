# expect: FROM names no image
dockerfile = r"""FROM
"""
